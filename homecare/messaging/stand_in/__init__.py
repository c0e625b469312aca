"""The demonstration's own GOV.UK Notify: it is really called over HTTP, sends nothing, and shows what it got."""

"""A page for each deed of the thin line: one form, one button, and a refusal that says what to do."""

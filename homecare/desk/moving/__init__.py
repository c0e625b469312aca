"""Moving patients between providers: one, a whole list, and the page for the day on which a provider fails."""

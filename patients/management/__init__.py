"""Commands of the patients app."""

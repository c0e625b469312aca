"""Who, and enrolled on what; how long the medicine at home lasts."""

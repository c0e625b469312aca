"""Is it safe to continue: plans, blood tests, results."""

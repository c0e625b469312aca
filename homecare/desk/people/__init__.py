"""The people who sign in: adding them, giving roles, and ending their sessions."""

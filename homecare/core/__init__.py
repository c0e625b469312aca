"""Plain helpers and abstract bases; imports no app."""

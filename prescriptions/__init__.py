"""What we asked for, and when to ask again."""

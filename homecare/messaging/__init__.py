"""Messages to people and systems: planned once, sent once, and where that cannot be known, in sight."""

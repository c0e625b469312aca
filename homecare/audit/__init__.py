"""Who changed what, and who looked: written by the database, read here."""

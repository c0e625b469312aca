"""Registrations for the provider they were sent to."""

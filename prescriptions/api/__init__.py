"""Prescriptions for the provider they were sent to."""

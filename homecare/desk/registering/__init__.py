"""Registering a patient with a provider: what is missing, what is sent, what they answer."""

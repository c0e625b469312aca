"""Referring a patient: who is it, what is missing, which medicine through which service; and drafts of it."""

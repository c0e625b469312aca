"""Registers the rig's purpose in the processes that run the real worker."""

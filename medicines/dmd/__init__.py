"""The NHS dictionary of medicines and devices: reading a release, merging it, linking the formulary to it."""

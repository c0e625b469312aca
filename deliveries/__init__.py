"""What the provider did."""

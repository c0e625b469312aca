"""What can be supplied: dm+d, the formulary, monitoring protocols."""

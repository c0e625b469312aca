"""Deliveries, as the provider that made them reports them."""

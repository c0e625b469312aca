"""The pages about homecare services and providers: their tier and why, and what changing it would bring."""

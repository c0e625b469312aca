"""Laboratory results from a pathology extract: kept as reported, never read as numbers when they are not."""

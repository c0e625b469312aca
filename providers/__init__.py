"""Who supplies and on what terms."""

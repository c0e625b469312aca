"""Questions asked of all of it; reads only."""

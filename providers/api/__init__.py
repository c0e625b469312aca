"""What every address of the provider API shares: who calls, what is refused and in which words, repeats, paging."""

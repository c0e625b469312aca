"""What changes while somebody is on homecare: pages for pauses, new doses, wishes, addresses, ends, and who is told."""

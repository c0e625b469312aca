"""The sweep: each local day, all that is due or overdue on or before it is opened, planned and counted."""

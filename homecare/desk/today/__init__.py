"""Today: the lights that show what could hurt somebody, the queues of work, and the chosen queue, most urgent first."""

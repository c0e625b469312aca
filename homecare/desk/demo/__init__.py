"""The demonstration hospital: made-up people in Medway's shape, alive around today."""

"""What the desk itself remembers: sweeps, and the registers that came in."""

from homecare.desk.sweep.models import ImportMark, SweepRun

__all__ = ["ImportMark", "SweepRun"]

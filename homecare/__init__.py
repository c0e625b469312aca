"""The service: settings, root addresses and the Celery app; it composes everything else."""

from homecare import startup  # registers its system check
from homecare.celery import app as celery_app

__all__ = ["celery_app", "startup"]

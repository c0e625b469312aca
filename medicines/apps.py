"""The medicines app."""

from django.apps import AppConfig


class MedicinesConfig(AppConfig):
    """Name the app."""

    name = "medicines"
    default_auto_field = "django.db.models.BigAutoField"

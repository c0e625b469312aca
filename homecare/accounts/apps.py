"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Name the app."""

    name = "homecare.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

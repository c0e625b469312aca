"""The provider API, version 1: each app's own api/, mounted together."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []

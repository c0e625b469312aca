"""The provider API, version 1: each app's own api/, mounted together."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import SpectacularJSONAPIView

from providers.api.views import AccessTokenView, nothing_here

urlpatterns: list[URLPattern | URLResolver] = [
    path("token/", AccessTokenView.as_view(), name="api_token"),
    path("schema/", SpectacularJSONAPIView.as_view(), name="api_schema"),
    path("", include("patients.api.urls")),
    path("", include("prescriptions.api.urls")),
    path("", include("deliveries.api.urls")),
    re_path(r"^.*$", nothing_here, name="api_nothing_here"),
]

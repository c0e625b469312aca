"""The root addresses: each app's own pages, mounted together."""

from django.urls import URLPattern, URLResolver, include, path

handler400 = "homecare.accounts.views.bad_request"
handler403 = "homecare.accounts.views.permission_denied"
handler404 = "homecare.accounts.views.not_found"
handler500 = "homecare.accounts.views.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("homecare.accounts.urls")),
    path("", include("homecare.messaging.urls")),
    path("", include("homecare.desk.register.urls")),
    path("", include("reporting.urls")),
    path("", include("homecare.desk.urls")),
    path("api/v1/", include("homecare.api_urls")),
]

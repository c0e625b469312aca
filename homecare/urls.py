"""The root addresses: each app's own pages, mounted together."""

from django.urls import URLPattern, URLResolver, include, path

from homecare.desk.home import home

handler400 = "homecare.accounts.views.bad_request"
handler403 = "homecare.accounts.views.permission_denied"
handler404 = "homecare.accounts.views.not_found"
handler500 = "homecare.accounts.views.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("", include("homecare.accounts.urls")),
    path("", include("homecare.messaging.urls")),
    path("api/v1/", include("homecare.api_urls")),
]

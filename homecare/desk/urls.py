"""The desk's pages."""

from django.urls import URLPattern, URLResolver, include, path

from homecare.desk.home import home

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home, name="home"),
    path("", include("homecare.desk.today.urls")),
    path("", include("homecare.desk.patient_page.urls")),
    path("", include("homecare.desk.deed_pages.urls")),
    path("", include("homecare.desk.assessing.urls")),
    path("", include("homecare.desk.changing.urls")),
    path("", include("homecare.desk.pathway.urls")),
    path("", include("homecare.desk.registering.urls")),
    path("refer/", include("homecare.desk.referral.urls")),
    path("", include("homecare.desk.services.urls")),
    path("", include("homecare.desk.starting.urls")),
    path("", include("homecare.desk.moving.urls")),
    path("people/", include("homecare.desk.people.urls")),
]

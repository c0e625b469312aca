"""Addresses of Today."""

from django.urls import path

from homecare.desk.today import views

urlpatterns = [
    path("today/", views.today, name="today"),
    path("today/<slug:name>/", views.today, name="queue"),
    path("today/<slug:name>/export/", views.export, name="queue_export"),
]

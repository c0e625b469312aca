"""Addresses of reports."""

from django.urls import path

from reporting import views

urlpatterns = [
    path("overview/", views.overview, name="overview"),
    path("overview/<slug:name>.svg", views.chart, name="overview_chart"),
]

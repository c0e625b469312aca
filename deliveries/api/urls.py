"""Addresses of deliveries, under the prescription they are of."""

from django.urls import path

from deliveries.api import views

urlpatterns = [
    path("prescriptions/<uuid:reference>/deliveries/", views.DeliveriesView.as_view(), name="api_deliveries"),
]

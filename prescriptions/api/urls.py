"""Addresses under /api/v1/prescriptions/."""

from django.urls import path

from prescriptions.api import views

urlpatterns = [
    path("prescriptions/", views.PrescriptionListView.as_view(), name="api_prescriptions"),
    path("prescriptions/<uuid:reference>/", views.PrescriptionView.as_view(), name="api_prescription"),
    path(
        "prescriptions/<uuid:reference>/acknowledgement/",
        views.AcknowledgementView.as_view(),
        name="api_acknowledgement",
    ),
]

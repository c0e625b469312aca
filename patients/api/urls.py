"""Addresses under /api/v1/registrations/."""

from django.urls import path

from patients.api import views

urlpatterns = [
    path("registrations/", views.RegistrationListView.as_view(), name="api_registrations"),
    path("registrations/<uuid:reference>/", views.RegistrationView.as_view(), name="api_registration"),
    path("registrations/<uuid:reference>/form.pdf", views.FormView.as_view(), name="api_registration_form"),
    path(
        "registrations/<uuid:reference>/acknowledgement/",
        views.AcknowledgementView.as_view(),
        name="api_registration_acknowledgement",
    ),
    path("registrations/<uuid:reference>/queries/", views.QueriesView.as_view(), name="api_registration_queries"),
    path("registrations/<uuid:reference>/rejection/", views.RejectionView.as_view(), name="api_registration_rejection"),
]

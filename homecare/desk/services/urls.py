"""Addresses of the pages about services and providers."""

from django.urls import path

from homecare.desk.services import deeds, providers, views

urlpatterns = [
    path("services/", views.services, name="services"),
    path("services/propose/", deeds.propose, name="service_propose"),
    path("services/<int:service_id>/", views.service, name="service"),
    path("services/<int:service_id>/patients/", views.patients, name="service_patients"),
    path("services/<int:service_id>/activities/", views.activities, name="service_activities"),
    path("services/<int:service_id>/retier/", views.retier, name="service_retier"),
    path("services/<int:service_id>/terms/", deeds.terms, name="service_terms"),
    path("services/<int:service_id>/charter/", deeds.charter, name="service_charter"),
    path("services/<int:service_id>/choices/", deeds.styles, name="service_styles"),
    path("services/<int:service_id>/medicines/", deeds.medicines, name="service_medicines"),
    path("services/<int:service_id>/moves/<slug:name>/", deeds.move, name="service_move"),
    path("providers/", providers.providers, name="providers"),
    path("providers/<int:provider_id>/", providers.provider, name="provider"),
    path("providers/<int:provider_id>/capabilities/", providers.capability, name="provider_capability"),
    path("providers/<int:provider_id>/stop-using/", providers.use, {"active": False}, name="provider_stop_using"),
    path("providers/<int:provider_id>/use-again/", providers.use, {"active": True}, name="provider_use_again"),
]

"""Addresses of transfers, and of the page for a provider that fails."""

from django.urls import path

from homecare.desk.moving import bulk_views, provider_views, views

urlpatterns = [
    path("enrolments/<int:enrolment_id>/transfer/", views.transfer, name="transfer"),
    path("enrolments/<int:enrolment_id>/transfer/call-off/", views.call_off, name="transfer_call_off"),
    path("providers/<int:provider_id>/failure/", provider_views.failure, name="provider_failure"),
    path("providers/<int:provider_id>/failure/list/", provider_views.handout, name="provider_handout"),
    path("providers/<int:provider_id>/transfer/", provider_views.plan, name="bulk_transfer_plan"),
    path("bulk-transfers/", bulk_views.bulk_transfers, name="bulk_transfers"),
    path("bulk-transfers/<int:bulk_id>/", bulk_views.bulk_transfer, name="bulk_transfer"),
    path("bulk-transfers/<int:bulk_id>/decision/", bulk_views.decide, name="bulk_transfer_decision"),
    path("bulk-transfers/<int:bulk_id>/progress/", bulk_views.progress, name="bulk_transfer_progress"),
]

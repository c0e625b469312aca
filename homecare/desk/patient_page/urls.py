"""Addresses of patients."""

from django.urls import path

from homecare.desk.patient_page import views

urlpatterns = [
    path("patients/", views.find, name="patients"),
    path("patients/<int:patient_id>/", views.patient, name="patient"),
]

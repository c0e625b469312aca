"""Addresses of an enrolment's pathway."""

from django.urls import path

from homecare.desk.pathway import board_views, views

urlpatterns = [
    path("not-started/", board_views.not_started, name="not_started"),
    path("not-started/export/", board_views.export, name="not_started_export"),
    path("enrolments/<int:enrolment_id>/", views.enrolment, name="enrolment"),
    path("enrolments/<int:enrolment_id>/clock-stop/", views.clock_stop, name="clock_stop"),
    path("enrolments/<int:enrolment_id>/clock-restart/", views.clock_restart, name="clock_restart"),
    path("enrolments/<int:enrolment_id>/first-contact/", views.first_contact, name="first_contact"),
    path("enrolments/<int:enrolment_id>/bridging/", views.bridging, name="bridging"),
]

"""Addresses of registrations."""

from django.urls import path

from homecare.desk.registering import deeds, mending, views

urlpatterns = [
    path("enrolments/<int:enrolment_id>/registration/", views.registration, name="registration"),
    path("enrolments/<int:enrolment_id>/registration/send/", deeds.send, name="registration_send"),
    path("enrolments/<int:enrolment_id>/registration/close/", deeds.close, name="registration_close"),
    path("enrolments/<int:enrolment_id>/registration/patient/", mending.details, name="registration_details"),
    path("enrolments/<int:enrolment_id>/registration/treatment/", mending.treatment, name="registration_treatment"),
    path("registrations/<int:registration_id>/acknowledge/", deeds.acknowledge, name="registration_acknowledge"),
    path("registrations/<int:registration_id>/query/", deeds.query, name="registration_query"),
    path("registrations/<int:registration_id>/reject/", deeds.reject, name="registration_reject"),
    path("registrations/<int:registration_id>/form.<slug:kind>", views.file, name="registration_file"),
    path("registration-queries/<int:query_id>/answer/", deeds.answer, name="registration_answer"),
]

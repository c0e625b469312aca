"""Addresses of the deeds."""

from django.urls import path

from homecare.desk.deed_pages import enrolments, prescriptions

urlpatterns = [
    path("enrolments/<int:enrolment_id>/count/", enrolments.count, name="count"),
    path("enrolments/<int:enrolment_id>/ask/", enrolments.ask, name="ask"),
    path("tests/<int:item_id>/done/", enrolments.test_done, name="test_done"),
    path("renewals/<int:renewal_id>/", prescriptions.renewal, name="renewal"),
    path("renewals/<int:renewal_id>/answer/", prescriptions.answer, name="renewal_answer"),
    path("renewals/<int:renewal_id>/signed/", prescriptions.signed, name="renewal_signed"),
    path("prescriptions/<int:prescription_id>/", prescriptions.prescription, name="prescription"),
    path("prescriptions/<int:prescription_id>/screen/", prescriptions.screen, name="prescription_screen"),
    path("prescriptions/<int:prescription_id>/answer/", prescriptions.answer_query, name="prescription_answer"),
    path("prescriptions/<int:prescription_id>/send/", prescriptions.send, name="prescription_send"),
    path(
        "prescriptions/<int:prescription_id>/acknowledge/", prescriptions.acknowledge, name="prescription_acknowledge"
    ),
    path("prescriptions/<int:prescription_id>/delivered/", prescriptions.delivered, name="prescription_delivered"),
    path("prescriptions/<int:prescription_id>/failed/", prescriptions.failed, name="prescription_failed"),
    path("prescriptions/<int:prescription_id>/cancel/", prescriptions.cancel, name="prescription_cancel"),
]

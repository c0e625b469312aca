"""Addresses of the changes, and of who is told of them."""

from django.urls import path

from homecare.desk.changing import collections, dosing, ending, notices, pausing, people, preferences

urlpatterns = [
    path("notices/", notices.notices, name="notices"),
    path("notices/tell/", notices.tell, name="notices_tell"),
    path("notices/<int:notice_id>/acknowledge/", notices.acknowledge, name="notice_acknowledge"),
    path("enrolments/<int:enrolment_id>/suspend/", pausing.suspend, name="suspend"),
    path("enrolments/<int:enrolment_id>/restart/", pausing.restart, name="restart_day"),
    path("enrolments/<int:enrolment_id>/resume/", pausing.resume, name="resume"),
    path("enrolments/<int:enrolment_id>/dose-change/", dosing.dose_change, name="dose_change"),
    path("enrolments/<int:enrolment_id>/stop/", ending.stop, name="stop"),
    path("enrolments/<int:enrolment_id>/leave-homecare/", ending.leave_homecare, name="leave_homecare"),
    path("patients/<int:patient_id>/death/", ending.death, name="death"),
    path("patients/<int:patient_id>/death/mistaken/", ending.death_mistaken, name="death_mistaken"),
    path("patients/<int:patient_id>/address/", people.address, name="patient_address"),
    path("patients/<int:patient_id>/address/end/", people.address_end, name="patient_address_end"),
    path("patients/<int:patient_id>/contact/", people.contact, name="patient_contact"),
    path("patients/<int:patient_id>/representative/", people.representative, name="patient_representative"),
    path("representatives/<int:representative_id>/", people.representative_change, name="representative"),
    path("enrolments/<int:enrolment_id>/preferences/", preferences.preferences, name="preferences"),
    path("enrolments/<int:enrolment_id>/preferences/answer/", preferences.answer, name="preference_answer"),
    path("enrolments/<int:enrolment_id>/collections/", collections.collections, name="collections"),
    path("enrolments/<int:enrolment_id>/collections/ask/", collections.ask, name="collection_ask"),
    path("collections/", collections.waiting, name="collections_waiting"),
    path("collections/<int:collection_id>/arrange/", collections.arrange, name="collection_arrange"),
    path("collections/<int:collection_id>/done/", collections.done, name="collection_done"),
]

"""Addresses of an enrolment's first steps, of what children need, and of the texts that patients are given."""

from django.urls import path

from homecare.desk.assessing import charter_views, content_views, patient_views, review_views, views

urlpatterns = [
    path("enrolments/<int:enrolment_id>/suitability/", views.suitability, name="suitability"),
    path("enrolments/<int:enrolment_id>/choice/", views.choice, name="choice"),
    path("enrolments/<int:enrolment_id>/consent/", views.consent, name="consent"),
    path("enrolments/<int:enrolment_id>/withdraw-consent/", views.withdraw_consent, name="withdraw_consent"),
    path("enrolments/<int:enrolment_id>/handover/", views.handover, name="handover"),
    path("enrolments/<int:enrolment_id>/charter/", charter_views.charter, name="charter"),
    path("enrolments/<int:enrolment_id>/charter.pdf", charter_views.charter_pdf, name="charter_pdf"),
    path("enrolments/<int:enrolment_id>/welcome.pdf", charter_views.welcome_pdf, name="welcome_pdf"),
    path("patients/<int:patient_id>/accessible/", patient_views.accessible_needs, name="accessible_needs"),
    path("patients/<int:patient_id>/young-person/", patient_views.young_person, name="young_person"),
    path("patients/<int:patient_id>/weight/", patient_views.weight, name="weight"),
    path("patients/<int:patient_id>/competence/", patient_views.competence, name="competence"),
    path("patients/<int:patient_id>/adult-service/", patient_views.adult_service, name="adult_service"),
    path("representatives/<int:representative_id>/end/", patient_views.representative_end, name="representative_end"),
    path("reviews/", review_views.reviews, name="reviews"),
    path("texts/", content_views.content, name="pathway_content"),
    path("texts/checklists/<int:checklist_id>/", content_views.checklist, name="checklist"),
    path("texts/consent/add/", content_views.consent_text_add, name="consent_text_add"),
    path("texts/consent/<int:text_id>/", content_views.consent_text, name="consent_text"),
    path("texts/leaflets/add/", content_views.leaflet_add, name="leaflet_add"),
    path("texts/leaflets/<int:leaflet_id>/retire/", content_views.leaflet_retire, name="leaflet_retire"),
]

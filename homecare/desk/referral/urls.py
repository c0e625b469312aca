"""Addresses of referrals."""

from django.urls import path

from homecare.desk.referral import views

urlpatterns = [
    path("", views.find, name="refer"),
    path("new/", views.new_patient, name="refer_new_patient"),
    path("<int:patient_id>/", views.referral, name="refer_patient"),
    path("<int:patient_id>/details/", views.particulars, name="refer_particulars"),
    path("drafts/<int:draft_id>/delete/", views.delete_draft, name="referral_draft_delete"),
]

"""Addresses of the pages about people, below /people/."""

from django.urls import path

from homecare.desk.people import views

urlpatterns = [
    path("", views.people, name="people"),
    path("add/", views.add, name="person_add"),
    path("<int:person_id>/", views.person, name="person"),
    path("<int:person_id>/role/", views.role, name="person_role"),
    path("<int:person_id>/deactivate/", views.deactivate, name="person_deactivate"),
    path("<int:person_id>/reactivate/", views.reactivate, name="person_reactivate"),
    path("<int:person_id>/second-factor/", views.second_factor, name="person_second_factor"),
    path("<int:person_id>/link/", views.link, name="person_link"),
    path("<int:person_id>/specialty/", views.specialty, name="person_specialty"),
    path("<int:person_id>/specialty/<int:held_id>/", views.specialty_end, name="person_specialty_end"),
]

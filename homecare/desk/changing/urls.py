"""Addresses of the changes, and of who is told of them."""

from django.urls import path

from homecare.desk.changing import notices

urlpatterns = [
    path("notices/", notices.notices, name="notices"),
    path("notices/tell/", notices.tell, name="notices_tell"),
    path("notices/<int:notice_id>/acknowledge/", notices.acknowledge, name="notice_acknowledge"),
]

"""Where the stand-in answers: /demo/notify/v2/... as Notify does."""

from django.urls import path

from homecare.messaging.stand_in import views

urlpatterns = [
    path("demo/notify/v2/notifications/sms", views.accept, {"kind": "sms"}, name="stand_in_sms"),
    path("demo/notify/v2/notifications/email", views.accept, {"kind": "email"}, name="stand_in_email"),
    path("demo/notify/v2/notifications", views.list_by_reference, name="stand_in_list"),
    path("demo/notify/v2/notifications/<uuid:pk>", views.one, name="stand_in_one"),
    path("demo/messages/", views.show, name="stand_in"),
]

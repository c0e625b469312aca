"""The pages about messages, and in the demonstration the stand-in's."""

from django.urls import include, path

from homecare.messaging import views

urlpatterns = [
    path("messages/", views.show_messages, name="messages"),
    path("messages/batches/<int:pk>/", views.show_batch, name="message_batch"),
    path("messages/switches/", views.show_switches, name="message_switches"),
    path("messages/<uuid:pk>/", views.show_message, name="message"),
    path("", include("homecare.messaging.stand_in.urls")),
]

"""The import pages."""

from django.urls import path, re_path

from homecare.desk.register import views

urlpatterns = [
    path("imports/", views.show_imports, name="register_imports"),
    path("imports/<int:pk>/", views.show_import, name="register_import"),
    path("imports/<int:pk>/columns/", views.match_columns, name="register_import_columns"),
    path("imports/<int:pk>/decision/", views.decide, name="register_import_decision"),
    path("imports/<int:pk>/progress/", views.show_progress, name="register_import_progress"),
    re_path(
        r"^imports/(?P<pk>[0-9]+)/rejected-rows\.(?P<kind>csv|xlsx)$",
        views.download_rejected,
        name="register_import_rejected",
    ),
]

"""Signing in and out, and one's own account. Only what is used of allauth is mounted."""

from allauth.account import views as allauth_views
from django.urls import include, path, re_path

from homecare.accounts import views

urlpatterns = [
    path("accounts/login/", allauth_views.login, name="account_login"),
    path("accounts/logout/", allauth_views.logout, name="account_logout"),
    path("accounts/reauthenticate/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("accounts/password/change/", allauth_views.password_change, name="account_change_password"),
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth_views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "accounts/password/reset/key/done/",
        allauth_views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("account/roles/", views.show_roles, name="roles"),
    path("account/session/", views.session, name="session"),
    path("account/time-out/", views.time_out, name="time_out"),
    path("account/kept-form/", views.kept_form, name="kept_form"),
]

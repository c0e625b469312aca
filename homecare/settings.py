"""Settings: one file, read from the environment; `homecare/settings_test.py` changes a few lines for tests."""

import os
import sys
from pathlib import Path

import dj_database_url

BASE_DIR = Path(__file__).resolve().parent.parent


def flag(name: str, default: str = "0") -> bool:
    """Read a yes-or-no setting."""
    return os.environ.get(name, default).lower() in {"1", "true", "yes", "on"}


DEMO = flag("DEMO", "1")
DEBUG = flag("DEBUG")
SECRET_KEY = os.environ.get("SECRET_KEY", "demonstration-only" if DEMO else "")
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver" if DEMO else "").split(",")
PORT = int(os.environ.get("PORT", "8000"))
BASE_URL = os.environ.get("BASE_URL", f"http://127.0.0.1:{PORT}")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "rest_framework",
    "oauth2_provider",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "simple_history",
    "django_htmx",
    "django_filters",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "homecare.core",
    "homecare.accounts",
    "homecare.audit",
    "homecare.messaging",
    "medicines",
    "providers",
    "patients",
    "monitoring",
    "prescriptions",
    "deliveries",
    "reporting",
    "homecare.desk",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "homecare.urls"
WSGI_APPLICATION = "homecare.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Two roles (docs/adr/0001): the owner changes the schema and runs tests, the app serves and owns nothing.
OWNER_COMMANDS = {
    "migrate",
    "makemigrations",
    "sqlmigrate",
    "showmigrations",
    "flush",
    "test",
    "setup_database",
    "serve",
}
RUNS_AS_OWNER = "pytest" in sys.modules or (len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS)
_app_url = os.environ.get("DATABASE_URL", "")
_owner_url = os.environ.get("DATABASE_OWNER_URL", "") or _app_url
DATABASE_APP_ROLE = dj_database_url.parse(_app_url).get("USER") or "homecare_app" if _app_url else "homecare_app"
DATABASES = {
    "default": dj_database_url.parse(
        (_owner_url if RUNS_AS_OWNER else _app_url or _owner_url) or "postgres://started-by-manage.py/homecare",
        conn_max_age=0 if RUNS_AS_OWNER else 60,
        conn_health_checks=True,
    )
}
REDIS_URL = os.environ.get("REDIS_URL", "redis://started-by-manage.py/0")

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]

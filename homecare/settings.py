"""Settings: one file, read from the environment; `homecare/settings_test.py` changes a few lines for tests."""

import os
import sys
from pathlib import Path

import dj_database_url
from csp.constants import NONCE, NONE, SELF

BASE_DIR = Path(__file__).resolve().parent.parent


def flag(name: str, default: str = "0") -> bool:
    """Read a yes-or-no setting."""
    return os.environ.get(name, default).lower() in {"1", "true", "yes", "on"}


def words(name: str, default: str = "") -> list[str]:
    """Read a list separated by commas."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


# The demonstration: made-up people, printed passwords, no second factor. `manage.py` and `make run` switch it on when
# nothing of a hospital's is named (homecare.engines.use). What a hospital must set is checked in homecare/startup.py.
DEMO = flag("DEMO")
DEBUG = flag("DEBUG")
SECRET_KEY = os.environ.get("SECRET_KEY", "demonstration-only" if DEMO else "")
ALLOWED_HOSTS = words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1],testserver" if DEMO else "")
PORT = int(os.environ.get("PORT", "8000"))
BASE_URL = os.environ.get("BASE_URL", f"http://127.0.0.1:{PORT}")

# Who this deployment serves
ORGANISATION_NAME = os.environ.get("ORGANISATION_NAME", "Demonstration Hospital" if DEMO else "")
SERVICE_NAME = os.environ.get("SERVICE_NAME", "Homecare medicines")
NHS_LOGO = flag("NHS_LOGO")  # only where the deploying organisation may use it
TEAM_EMAIL = os.environ.get("TEAM_EMAIL", "homecare.team@example.com" if DEMO else "")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "rest_framework",
    "oauth2_provider",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "simple_history",
    "django_htmx",
    "django_filters",
    "django_structlog",
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
    "homecare.health.HealthMiddleware",  # first: asked by container engines that know no host name
    "homecare.audit.middleware.AuditMiddleware",  # outside all that may show a patient: who looked is on record first
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "homecare.logs.RequestLogMiddleware",
    "homecare.accounts.middleware.NothingKept",
    "homecare.accounts.middleware.IdleSession",
    "homecare.accounts.middleware.SignInRequired",  # everything needs a sign-in unless it says otherwise
    "homecare.accounts.middleware.SecondFactorRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "homecare.refusals.RefusalPages",
]

ROOT_URLCONF = "homecare.urls"
WSGI_APPLICATION = "homecare.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Jinja first: any file in templates/ is Jinja; apps bring Django templates (allauth's, the admin's) beside their code.
_CONTEXT_PROCESSORS = [
    "django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "homecare.jinja.environment",
            "context_processors": [*_CONTEXT_PROCESSORS, "homecare.context.nhs"],
        },
    },
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {"context_processors": [*_CONTEXT_PROCESSORS, "homecare.context.nhs"]},
    },
]

FORM_RENDERER = "homecare.nhsforms.NHSRenderer"

# Database. Two roles (docs/adr/0001): the owner changes the schema and runs tests, the app serves and owns nothing.
OWNER_COMMANDS = {
    "createcachetable",
    "flush",
    "makemigrations",
    "migrate",
    "prepare",
    "setup_database",
    "showmigrations",
    "sqlmigrate",
    "test",
}
RUNS_AS_OWNER = "pytest" in sys.modules or (len(sys.argv) > 1 and sys.argv[1] in OWNER_COMMANDS)
_NOWHERE = "postgres://nobody@named-by-nobody/homecare"  # manage.py names a database before any use of it
DATABASE_URL = os.environ.get("DATABASE_URL") or os.environ.get("DATABASE_OWNER_URL") or _NOWHERE
DATABASE_OWNER_URL = os.environ.get("DATABASE_OWNER_URL") or DATABASE_URL
DATABASE_APP_ROLE: str = dj_database_url.parse(DATABASE_URL).get("USER") or "homecare_app"
DATABASES = {
    "default": dj_database_url.parse(
        DATABASE_OWNER_URL if RUNS_AS_OWNER else DATABASE_URL,
        conn_max_age=0 if RUNS_AS_OWNER else 60,
        conn_health_checks=True,
    )
}
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)

# In the database, not in Redis: rate limits and drawn charts must survive Redis, and the web must answer without it.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    }
}

# Redis only carries Celery's messages.
REDIS_URL = os.environ.get("REDIS_URL", "redis://named-by-nobody/0")

# Celery only shortens the wait: what is due, sent and uncertain are rows in PostgreSQL. A message carries an id or
# nothing, and may be lost or doubled without harm (shared design notes, section 4, and docs/adr/0001).
CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CONNECTION_TIMEOUT = 4
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_throttle": 1,  # else a message that a killed worker held comes back after 100 s, not 10
    "socket_timeout": 5,
    "socket_connect_timeout": 2,  # a dead broker must never hang a request
    "health_check_interval": 10,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.1,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_ENABLE_UTC = True
CELERY_TIMEZONE = "UTC"
CELERY_TASK_SERIALIZER = "json"
CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_STORE_ERRORS_EVEN_IF_IGNORED = False
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 30
CELERY_TASK_SOFT_TIME_LIMIT = 25
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 1000
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_SEND_TASK_EVENTS = False
CELERY_BEAT_SCHEDULER = "homecare.celery.Beat"  # static: the schedule is this dictionary, in git
CELERY_BEAT_MAX_LOOP_INTERVAL = 5
# Each entry: {"task": dotted name, "schedule": seconds, "options": {"expires": 120}}. Ticks only: wall-clock time in
# London (quiet hours, bank holidays, 09:00) is decided by the code that is woken, which takes `at`.
CELERY_BEAT_SCHEDULE: dict[str, dict[str, object]] = {
    "sweep": {"task": "desk.sweep", "schedule": 60.0, "options": {"expires": 120}},
    "safety-net": {"task": "desk.count_safety_net", "schedule": 60.0, "options": {"expires": 60}},
    "bulk-transfers": {"task": "desk.wake_bulk_transfers", "schedule": 15.0, "options": {"expires": 15}},
    "outbox-tick": {"task": "messaging.outbox_tick", "schedule": 15.0, "options": {"expires": 120}},
    "outbox-recover": {"task": "messaging.recover", "schedule": 15.0, "options": {"expires": 120}},
    "outbox-reconcile": {"task": "messaging.reconcile", "schedule": 60.0, "options": {"expires": 120}},
    "forget-drafts": {"task": "desk.forget_drafts", "schedule": 3600.0, "options": {"expires": 120}},
    "forget-api-requests": {
        "task": "providers.forget_old_api_requests",
        "schedule": 3600.0,
        "options": {"expires": 120},
    },
}

# Messages to people
NOTIFY_BASE_URL = os.environ.get("NOTIFY_BASE_URL", BASE_URL + "/demo/notify" if DEMO else "")
_DEMO_NOTIFY_KEY = "demonstration-00000000-0000-4000-8000-000000000000-00000000-0000-4000-8000-000000000001"
NOTIFY_API_KEY = os.environ.get("NOTIFY_API_KEY", _DEMO_NOTIFY_KEY if DEMO else "")
NOTIFY_SMS_TEMPLATE = os.environ.get("NOTIFY_SMS_TEMPLATE", "demonstration-sms" if DEMO else "")
NOTIFY_EMAIL_TEMPLATE = os.environ.get("NOTIFY_EMAIL_TEMPLATE", "demonstration-email" if DEMO else "")
MESSAGE_CARRIERS = {"SMS": "notify", "EMAIL": os.environ.get("EMAIL_CARRIER", "notify")}  # e-mail: notify or smtp
# The outbox (docs/outbox.md). All but the size are seconds of the database's clock; only tests shorten them.
OUTBOX_CLAIM_SIZE = int(os.environ.get("OUTBOX_CLAIM_SIZE", "10"))
OUTBOX_LEASE_SECONDS = float(os.environ.get("OUTBOX_LEASE_SECONDS", "60"))  # over three times the longest call
OUTBOX_LOOK_UP_AFTER_SECONDS = float(os.environ.get("OUTBOX_LOOK_UP_AFTER_SECONDS", "120"))
OUTBOX_LOOK_UPS_APART_SECONDS = float(os.environ.get("OUTBOX_LOOK_UPS_APART_SECONDS", "300"))
OUTBOX_BACKOFF_SCALE = float(os.environ.get("OUTBOX_BACKOFF_SCALE", "1"))
EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = flag("EMAIL_USE_TLS", "0" if DEMO else "1")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", TEAM_EMAIL or "homecare@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# Sign-in: by allauth, for people only. Roles are code (homecare/accounts/roles.py); nobody signs up.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_ADAPTER = "homecare.accounts.adapter.Adapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_RATE_LIMITS = False  # ours count by account and address together (homecare/accounts/lockout.py)
ACCOUNT_FORMS = {
    "login": "homecare.accounts.forms.SignInForm",
    "reset_password_from_key": "homecare.desk.people.forms.ChoosePasswordForm",
}
# The one-time link that a system administrator hands over (homecare/desk/people/links.py), and its life in seconds.
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "homecare.desk.people.links.LinkTokens"  # noqa: S105  # a path
PASSWORD_RESET_TIMEOUT = 24 * 3600
TRUSTED_PROXIES = int(os.environ.get("TRUSTED_PROXIES", "0"))  # how many of ours stand before the web server
MFA_ADAPTER = "homecare.accounts.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "homecare.accounts.forms.CodeForm",
    "reauthenticate": "homecare.accounts.forms.CodeAgainForm",
    "activate_totp": "homecare.accounts.forms.SetUpCodeForm",
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = SERVICE_NAME
SECOND_FACTOR_REQUIRED = not DEMO

# Sessions live in the database, so that they can be ended there. Idle ones end after 15 minutes
# (homecare/accounts/middleware.py, which remembers whose it was, so that a form sent too late is kept for them).
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_IDLE_SECONDS = 15 * 60
SESSION_WARNING_SECONDS = 2 * 60
SESSION_COOKIE_AGE = 12 * 3600  # nobody stays longer, idle or not
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# Transport
SESSION_COOKIE_SECURE = not DEMO
CSRF_COOKIE_SECURE = not DEMO
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "homecare.accounts.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")
SECURE_SSL_REDIRECT = flag("SECURE_SSL_REDIRECT", "0" if DEMO else "1")
SECURE_HSTS_SECONDS = 0 if DEMO else 365 * 24 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if flag("BEHIND_PROXY"):  # only when a proxy of ours sets this header on every request
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
FILE_UPLOAD_HANDLERS = ["homecare.core.uploads.MeasuredUpload"]
LARGEST_UPLOAD_BYTES = 51 * 1024 * 1024  # a register (homecare/desk/register/limits.py) and its form
LARGEST_FORM_OF_A_STRANGER_BYTES = 64 * 1024

# Provider API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["oauth2_provider.contrib.rest_framework.OAuth2Authentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
OAUTH2_PROVIDER = {
    "ACCESS_TOKEN_EXPIRE_SECONDS": 600,
    "SCOPES": {
        "prescriptions:read": "Read the prescriptions sent to you",
        "prescriptions:acknowledge": "Acknowledge a prescription",
        "deliveries:write": "Report deliveries",
        "registrations:read": "Read the registrations sent to you",
        "registrations:answer": "Acknowledge, query or reject a registration",
    },
    "ALLOWED_GRANT_TYPES": ["client_credentials"],
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Homecare medicines: provider API",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": r"/api/v1/",
    "ENUM_NAME_OVERRIDES": {"RegistrationOutcome": "patients.models.Registration.Outcome"},
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT") or BASE_DIR / "staticfiles")
STATICFILES_DIRS = [BASE_DIR / "static"]
_STATIC_STORAGE = "whitenoise.storage.CompressedManifestStaticFilesStorage"
if DEBUG:
    _STATIC_STORAGE = "django.contrib.staticfiles.storage.StaticFilesStorage"
elif DEMO:  # compressing takes a minute, and nobody waits for bytes on their own machine
    _STATIC_STORAGE = "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": _STATIC_STORAGE},
}

# Logs: JSON lines without query strings, local variables or the words of an exception, which may hold a name.
DJANGO_STRUCTLOG_CELERY_ENABLED = True
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "homecare.logs.json_formatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "level": "INFO", "propagate": True},
        "django.server": {"handlers": [], "level": "INFO", "propagate": True},
        # RequestLogMiddleware says the same in one line, without the query string
        "django.request": {"handlers": [], "level": "CRITICAL", "propagate": True},
    },
}

# Reminders of blood tests: how many days apart, and how many times after the first, while nothing was done.
BLOOD_TEST_REPEAT_DAYS = int(os.environ.get("BLOOD_TEST_REPEAT_DAYS", "14"))
BLOOD_TEST_REPEATS = int(os.environ.get("BLOOD_TEST_REPEATS", "2"))
# How many days before its last one a funding approval is worked on: continuing it takes a clinic's time.
FUNDING_WARNED_DAYS = int(os.environ.get("FUNDING_WARNED_DAYS", "60"))
# After how many days somebody who has not started stands out on Today.
NOT_STARTED_WARNED_DAYS = int(os.environ.get("NOT_STARTED_WARNED_DAYS", "28"))
# Pauses: how many days before the expected restart somebody is reminded, and after how many days one that has no day
# is asked about.
RESTART_REMINDER_DAYS = int(os.environ.get("RESTART_REMINDER_DAYS", "7"))
PAUSE_REVIEW_DAYS = int(os.environ.get("PAUSE_REVIEW_DAYS", "28"))
# How many months before a young person's move to the adult service it is warned of (draft: nobody has agreed it).
ADULT_SERVICE_MONTHS = int(os.environ.get("ADULT_SERVICE_MONTHS", "6"))
TEAM_TELEPHONE = os.environ.get("TEAM_TELEPHONE", "01632 960001" if DEMO else "")

# Every process that has these settings knows the Celery app (for @shared_task) and the system check of startup.py.
import homecare.celery  # noqa: E402
import homecare.startup  # noqa: E402, F401

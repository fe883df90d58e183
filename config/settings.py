"""Settings, all from the environment. Names and defaults: README.md."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from kombu import Queue

from config.env import database, env, env_bool, env_int, env_list, env_url, kept_secret
from config.logs import logging_config

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env("CODERED_VAR_DIR", str(BASE_DIR / "var")))

DEBUG = env_bool("CODERED_DEBUG")
CODERED_DEMO = env_bool("CODERED_DEMO")
"""A sample organisation on this machine, whose pages everybody may read in the tray."""
IS_LOCAL = DEBUG or CODERED_DEMO
HTTPS = env_bool("CODERED_HTTPS", not IS_LOCAL)

# Keys, hosts and addresses

SECRET_KEY = env("CODERED_SECRET_KEY")
if not SECRET_KEY and IS_LOCAL:
    SECRET_KEY = kept_secret(VAR_DIR / "secret_key")
SECRET_KEY_FALLBACKS = env_list("CODERED_SECRET_KEY_FALLBACKS")
SHORTEST_SECRET_KEY = 50

CODERED_BASE_URL = env("CODERED_BASE_URL", "http://127.0.0.1:8000" if IS_LOCAL else "").rstrip("/")
"""Where people reach CodeRed; the links in pages start with it."""

THIS_MACHINE = ["127.0.0.1", "localhost", "[::1]"]
ALLOWED_HOSTS = env_list("CODERED_ALLOWED_HOSTS")
if not ALLOWED_HOSTS and IS_LOCAL:
    ALLOWED_HOSTS = THIS_MACHINE


def refuse_unsafe() -> None:
    """Refuse to start where strangers could come in.

    Raises ImproperlyConfigured, with the remedy.
    """
    if IS_LOCAL and not set(ALLOWED_HOSTS) <= set(THIS_MACHINE):
        raise ImproperlyConfigured(
            "Take CODERED_DEBUG and CODERED_DEMO away: they are for this machine alone, "
            "and CODERED_ALLOWED_HOSTS names others."
        )
    if IS_LOCAL:
        return
    if len(SECRET_KEY) < SHORTEST_SECRET_KEY:
        raise ImproperlyConfigured(
            f"Set CODERED_SECRET_KEY to {SHORTEST_SECRET_KEY} random characters or more, "
            "or CODERED_DEMO=1 to try CodeRed on this machine."
        )
    if not ALLOWED_HOSTS:
        raise ImproperlyConfigured("Set CODERED_ALLOWED_HOSTS to the names this site answers to.")
    if not CODERED_BASE_URL:
        raise ImproperlyConfigured("Set CODERED_BASE_URL: the links in pages start with it.")


refuse_unsafe()

# What runs

INSTALLED_APPS = [
    "config",
    "crisis",
    "playbooks",
    "escalation",
    "servestatic",
    "config.desk.AuthoringConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "crisis.api.door.ApiDoor",
    "config.crowd.crowd",
    "config.compressed.CompressedPages",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "crisis.context.house",
            ],
        },
    },
]

# What is kept

IS_WEB = env_bool("CODERED_WEB")
"""Set by config/asgi.py and config/wsgi.py: a request waits for a few seconds, a clock for ever."""
DATABASES = {"default": database(env("DATABASE_URL"), VAR_DIR, is_web=IS_WEB)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# In memory: a request must never wait for Redis.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# Who comes in

AUTH_USER_MODEL = "escalation.Person"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "crisis:sign_in"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = LOGIN_URL

AXES_VERBOSE = False
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
# Together: ten wrong guesses from elsewhere must not lock the person out of their own desk.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "registration/locked.html"
AXES_HANDLER = "axes.handlers.database.AxesDatabaseHandler"
# The sign-in form calls its field so, although it takes an e-mail address.
AXES_USERNAME_FORM_FIELD = "username"
AXES_ALLOWED_CORS_ORIGINS = CODERED_BASE_URL

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = env_int("CODERED_SESSION_HOURS", 12) * 3600
SESSION_COOKIE_NAME = "__Host-sessionid" if HTTPS else "sessionid"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrftoken" if HTTPS else "csrftoken"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_TRUSTED_ORIGINS = ["{0.scheme}://{0.netloc}".format(urlsplit(CODERED_BASE_URL))]

# What browsers are told

SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^api/v1/health/"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "worker-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "object-src": ["'none'"],
    }
}

STATIC_URL = "static/"
STATIC_ROOT = Path(env("CODERED_STATIC_ROOT", str(VAR_DIR / "static")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if IS_LOCAL
        else "config.storage.StaticStorage"
    },
}
# On one's own machine files are served from where they lie, with nothing to collect.
SERVESTATIC_USE_FINDERS = IS_LOCAL
SERVESTATIC_AUTOREFRESH = IS_LOCAL
SERVESTATIC_MAX_AGE = 0 if IS_LOCAL else 60
SERVESTATIC_ALLOW_ALL_ORIGINS = False

# Words and time

LANGUAGES = [("en-gb", "English"), ("fr", "Français")]
LANGUAGE_CODE = env("CODERED_LANGUAGE", "en-gb")
"""Of whoever has chosen none, and whose browser names none that there is."""
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = HTTPS
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 31_536_000
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True

# The API

REST_FRAMEWORK = {
    "DEFAULT_PARSER_CLASSES": ["crisis.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    # The key first: where there is one, no cookie is looked at.
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "crisis.api.authentication.KeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["crisis.api.authentication.InScope"],
    "DEFAULT_THROTTLE_CLASSES": [
        "crisis.api.throttling.Reads",
        "crisis.api.throttling.Writes",
        "crisis.api.throttling.Urgent",
    ],
    # Per person; raising and deciding have room of their own, which nothing else uses up. That is
    # never below 30 a minute: forty people who ask at once must not make anybody wait.
    "DEFAULT_THROTTLE_RATES": {"reads": "600/min", "writes": "600/min", "urgent": "240/min"},
    "DEFAULT_SCHEMA_CLASS": "crisis.api.schema.Contract",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "crisis.api.handler.handle",
    "URL_FORMAT_OVERRIDE": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    # The web server has put the client's own address in place already.
    "NUM_PROXIES": 0,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "CodeRed",
    "DESCRIPTION": "Code red, the right manager paged, a short answer signed off and out in time.",
    "VERSION": "1",
    "SERVERS": [{"url": "/"}],
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "POSTPROCESSING_HOOKS": ["crisis.api.schema.add_problems"],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

# Celery: short wake-ups on three queues. A message may be lost or doubled; the rows are the truth

CELERY_BROKER_URL = env("REDIS_URL", "redis://127.0.0.1:6379/0")
# A request that publishes is held for a second at worst, with Redis dead or hung.
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
    "socket_timeout": 1,
    "socket_connect_timeout": 1,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.2,
    "connect_retries_timeout": 1,
}
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
# A row's lease is what brings work back, not an unacknowledged message.
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_DEFAULT_QUEUE = "slow"
# Each with its own key: with the default one, every message would go to all three.
CELERY_TASK_QUEUES = [Queue(name, routing_key=name) for name in ("clock", "page", "slow")]
CELERY_TASK_ROUTES = {
    "escalation.tasks.tick": {"queue": "clock"},
    "escalation.tasks.send_pages": {"queue": "page"},
    "*.tasks.*": {"queue": "slow"},
}
# A worker runs the clock in a thread, and a process that has threads is not safe to fork.
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 10
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")
CELERY_BEAT_SCHEDULE = {
    "tick": {
        "task": "escalation.tasks.tick",
        "schedule": 1.0,
        "options": {"queue": "clock", "expires": 2},
    },
    "send": {
        "task": "escalation.tasks.send_pages",
        "schedule": 1.0,
        "options": {"queue": "page", "expires": 2},
    },
    "forget": {
        "task": "crisis.tasks.forget",
        "schedule": 3600.0,
        "options": {"queue": "slow", "expires": 3600},
    },
    "audit": {
        "task": "crisis.tasks.audit",
        "schedule": 60.0,
        "options": {"queue": "slow", "expires": 60},
    },
}

# How many at once

CODERED_AT_ONCE = env_int("CODERED_AT_ONCE", 60)
"""How many requests a web process works on at once, each with a connection to the database."""

# Who looks at it live

CODERED_NEWS_URL = CELERY_BROKER_URL
"""The Redis on which a change is told to whoever looks; empty: they ask every few seconds."""

# Whom to call

CODERED_DUTY_PHONE = env("CODERED_DUTY_PHONE")
"""Shown to everybody while the database is away, when nobody can be told who is a colleague."""

# What leaves

EMAIL_HOST = env("CODERED_EMAIL_HOST")
EMAIL_PORT = env_int("CODERED_EMAIL_PORT", 587)
EMAIL_HOST_USER = env("CODERED_EMAIL_USER")
EMAIL_HOST_PASSWORD = env("CODERED_EMAIL_PASSWORD")
EMAIL_USE_TLS = env_bool("CODERED_EMAIL_TLS", True)
EMAIL_TIMEOUT = 5
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST or not IS_LOCAL
    else "django.core.mail.backends.console.EmailBackend"
)
DEFAULT_FROM_EMAIL = env("CODERED_EMAIL_FROM", "CodeRed <codered@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

CODERED_SEND_TIMEOUT_SECONDS = 5.0
CODERED_WEBHOOK_PRIVATE_HOSTS = env_list("CODERED_WEBHOOK_PRIVATE_HOSTS")
"""Hosts inside this network, as name:port, that pages may be posted to all the same."""

CODERED_HEARTBEAT_URL = env_url("CODERED_HEARTBEAT_URL")
"""Who raises the alarm when it hears nothing any more."""

LOGGING = logging_config(env("CODERED_LOG_LEVEL", "INFO"))

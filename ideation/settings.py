"""All settings come from the environment; `.env.example` lists the variables and what they are for."""

import logging
import sys
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
import dj_email_url
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from whitenoise.compress import Compressor

from ideation.address import served_at
from ideation.embedded import service_urls
from ideation.env import at_least, between, env, of_scheme, one_of, persistent_secret, required_unless
from ideation.logs import logging_settings

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.str("VAR_DIR", str(BASE_DIR / "var"))).absolute()

# --- Services: without DATABASE_URL the embedded ones under var/ -------------
EMBEDDED = not env.str("DATABASE_URL", "")
if EMBEDDED:
    VAR_DIR.mkdir(parents=True, exist_ok=True)  # who may enter it decides where the services go
_services = service_urls(VAR_DIR)
DATABASE_URL = of_scheme(
    "DATABASE_URL", env.str("DATABASE_URL", "") or _services.database_url, "postgres", "postgresql"
)
REDIS_URL = of_scheme(
    "REDIS_URL", required_unless(EMBEDDED, "REDIS_URL", _services.redis_url), "redis", "rediss", "unix"
)
SECRET_KEY = (
    env.str("SECRET_KEY", "") or persistent_secret(VAR_DIR / "secret_key")
    if EMBEDDED
    else required_unless(False, "SECRET_KEY", "")
)

# --- Where we are reached ------------------------------------------------------
HOST = env.str("HOST", "127.0.0.1")
PORT = env.int("PORT", 8000, validate=between(1, 65535))
_here = (None if env.str("PORT", "") else served_at(VAR_DIR)) or f"http://127.0.0.1:{PORT}"
BASE_URL = of_scheme("BASE_URL", required_unless(EMBEDDED, "BASE_URL", _here).rstrip("/"), "http", "https")
# The machine's own names too: from there come the probes of /healthz and /readyz.
ALLOWED_HOSTS = [*env.list("ALLOWED_HOSTS", [urlsplit(BASE_URL).hostname]), "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [BASE_URL]
CSRF_FAILURE_VIEW = "frontend.views.errors.csrf_failure"
DEBUG = env.bool("DEBUG", False)

_https = BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _https
SECURE_SSL_REDIRECT = _https
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _https
SECURE_HSTS_PRELOAD = _https
BEHIND_PROXY = env.bool("BEHIND_PROXY", False)
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}

# --- Parts ---------------------------------------------------------------------
INSTALLED_APPS = [
    "ideation",
    "frontend",
    "notifications",
    "votes",
    "ideas",
    "customers",
    "activity",
    "accounts",
    "common",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "ideation.admin_app.IdeationAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "ideation.static_app.IdeationStaticFilesConfig",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "django_structlog",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "template_partials",
]
MIDDLEWARE = [
    "frontend.seen.SeenMiddleware",
    "common.middleware.ApiProblemsMiddleware",
    "frontend.page_cache.PageCacheMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "common.request_log.RequestLogMiddleware",
    "ideation.content_policy.ContentPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "frontend.middleware.ReaderMiddleware",
    "frontend.middleware.DomainErrorMiddleware",
]
ROOT_URLCONF = "ideation.urls"
WSGI_APPLICATION = "ideation.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "frontend.context.portal",
            ],
            "builtins": ["template_partials.templatetags.partials"],
        },
    }
]

# --- Data ----------------------------------------------------------------------
_pool_size = env.int("DATABASE_POOL", 0)
DATABASES = {
    "default": {
        **dj_database_url.parse(DATABASE_URL),
        "OPTIONS": {
            # Only the statements of common/prepared.py are prepared. One plan for all values: theirs are found by keys.
            "prepare_threshold": 5,
            # An open transaction that wrote holds back the fold of votes for everybody (docs/architecture.md).
            "options": "-c idle_in_transaction_session_timeout=30s -c statement_timeout=60s"
            " -c transaction_timeout=120s -c plan_cache_mode=force_generic_plan",
            **({"pool": {"min_size": 1, "max_size": _pool_size, "timeout": 10}} if _pool_size else {}),
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHE_PREFIX = env.str("CACHE_PREFIX", "ideation")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": CACHE_PREFIX,
        "OPTIONS": {"socket_connect_timeout": 0.3, "socket_timeout": 1.0},
    }
}
SESSION_ENGINE = "accounts.sessions"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(VAR_DIR / "media")))
MEDIA_URL = "/media/"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

# --- Processes of `serve` ----------------------------------------------------------
WEB_WORKERS = env.int("WEB_WORKERS", 2, validate=at_least(1))
WEB_THREADS = env.int("WEB_THREADS", 4, validate=at_least(1))
WORKER_PROCESSES = env.int("WORKER_PROCESSES", 2, validate=at_least(1))

# --- Background work -------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "global_keyprefix": f"{CACHE_PREFIX}:celery:",
    "socket_connect_timeout": 0.3,
    "visibility_timeout": 3600,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "fold-votes": {"task": "votes.tasks.fold_votes", "schedule": 1.0, "options": {"expires": 1}},
    "flush-views": {"task": "votes.tasks.flush_views", "schedule": 10, "options": {"expires": 10}},
    "refresh-rates": {"task": "votes.tasks.refresh_rates", "schedule": 300, "options": {"expires": 300}},
    "check-tallies": {
        "task": "votes.tasks.check_tallies",
        "schedule": crontab(hour=3, minute=17),
        "options": {"expires": 86_400},
    },
    "publish-ledger": {
        "task": "votes.tasks.publish_ledger",
        "schedule": crontab(hour=3, minute=47),
        "options": {"expires": 86_400},
    },
    "forget-old-answers": {
        "task": "common.tasks.forget_old_answers",
        "schedule": 86_400,
        "options": {"expires": 86_400},
    },
    "drain-events": {"task": "activity.tasks.drain_events", "schedule": 3, "options": {"expires": 3}},
    "forget-old-sessions": {
        "task": "accounts.tasks.forget_old_sessions",
        "schedule": 86_400,
        "options": {"expires": 86_400},
    },
    "send-deliveries": {"task": "notifications.tasks.send_deliveries", "schedule": 5, "options": {"expires": 5}},
    "queue-digests": {"task": "notifications.tasks.queue_digests", "schedule": 900, "options": {"expires": 900}},
    "forget-deliveries": {
        "task": "notifications.tasks.forget_deliveries",
        "schedule": 86_400,
        "options": {"expires": 86_400},
    },
}

# --- Portal ----------------------------------------------------------------------------
# For so long a change of a portal's or board's settings may stay unseen by a web process.
PORTAL_KEPT_SECONDS = env.float("PORTAL_KEPT_SECONDS", 3.0, validate=between(0, 3600))

# So old a page may be that somebody gets who is not signed in; 0 makes every page anew. Votes show when they are
# counted, about a second later, other changes at once; for this long only how long ago something was.
PAGE_KEPT_SECONDS = env.float("PAGE_KEPT_SECONDS", 20.0, validate=lambda seconds: 0 <= seconds <= 3600)

# --- Ranking -----------------------------------------------------------------------
# Trending: an up-vote counts half after this many days. One figure for the whole installation.
HALF_LIFE_DAYS = env.float("HALF_LIFE_DAYS", 7.0, validate=between(0.1, 365))

# --- People --------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.Person"
AUTHENTICATION_BACKENDS = ["accounts.backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 900
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_TIMEOUT = 3600  # longer than a code lives, so that we can say that it is too old
ACCOUNT_EMAIL_VERIFICATION = "none"  # the code that signs in is the proof
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_RATE_LIMITS = False  # accounts/limits.py has ours: allauth's answer 500 while the cache is down
SESSION_COOKIE_AGE = 60 * 86_400

# --- Mail ------------------------------------------------------------------------------
# Without EMAIL_URL mails appear on the console.
_mail_url = of_scheme("EMAIL_URL", env.str("EMAIL_URL", "") or "console:", "smtp", "submission", "console")
_mail = dj_email_url.parse(_mail_url)
EMAIL_BACKEND = "common.console_mail.EmailBackend" if _mail_url.startswith("console:") else _mail["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = _mail["EMAIL_HOST"], _mail["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_USER"], _mail["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = _mail["EMAIL_USE_TLS"], _mail["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("DEFAULT_FROM_EMAIL", "ideas@localhost")

# --- Language ----------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("de", _("German")), ("en", _("English"))]
LANGUAGE_COOKIE_SAMESITE = "Lax"
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Static files --------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", str(VAR_DIR / "static")))
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "frontend.finders.BundleFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "ideation.static_files.StaticFiles"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map")

# --- API -------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.ApiKeyAuthentication",
        "accounts.authentication.SessionAuthentication",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["common.parsing.StrictJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "common.parsing.AlwaysJson",
    "DEFAULT_METADATA_CLASS": None,
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_SCHEMA_CLASS": "common.schema.ApiSchema",
    "EXCEPTION_HANDLER": "common.problems.exception_handler",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Ideation API",
    "VERSION": "1",
    "DESCRIPTION": (
        "Post, find and back ideas, and decide on them. Public boards are readable by everybody; all else needs a "
        "partner's key or the portal's session. Lists are read along `next`. Errors are problem+json (RFC 9457)."
    ),
    "OAS_VERSION": "3.1.0",
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "Audience": "ideas.models.Audience",
        "SignedInAudience": "ideas.models.boards.SIGNED_IN_AUDIENCES",
        "Status": "ideas.status.Status",
    },
}

# --- Watching --------------------------------------------------------------------------------------
# Whoever has this token may read /metrics; without one there is no such page.
METRICS_TOKEN = env.str("METRICS_TOKEN", "")

# --- Admin -----------------------------------------------------------------------------------------
UNFOLD = {
    "SITE_TITLE": "ideation.admin_menu.site_name",
    "SITE_HEADER": "ideation.admin_menu.site_name",
    "SITE_SYMBOL": "lightbulb",
    "SHOW_HISTORY": True,
    "SHOW_LANGUAGES": False,
    "BORDER_RADIUS": "6px",
    "COLORS": {"primary": "ideation.admin_menu.brand"},
    "DASHBOARD_CALLBACK": "ideation.dashboard.start_page",
    "ACCOUNT": {"navigation": "ideation.admin_menu.account"},
    "SIDEBAR": {"command_search": True, "show_search": False, "navigation": "ideation.admin_menu.sidebar"},
}

# --- Logs ----------------------------------------------------------------------------------------
LOG_LEVEL = env.str("LOG_LEVEL", "INFO", validate=one_of(["DEBUG", "INFO", "WARNING", "ERROR"]))
LOG_FORMAT = env.str("LOG_FORMAT", "text" if sys.stderr.isatty() else "json", validate=one_of(["text", "json"]))
LOGGING = logging_settings(level=LOG_LEVEL, form=LOG_FORMAT)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_CELERY_DEFAULT_LOG_LEVEL = logging.DEBUG

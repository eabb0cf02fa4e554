"""All settings, from the environment. `./script/server` sets them for a first run; production sets its own."""

from datetime import timedelta
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from patience import BROKER_PATIENCE, PATIENCE
from yiyang.environment import (
    env,
    env_bool,
    env_int,
    env_list,
    env_secret,
    origin_of,
    parts_of,
    postgres_database,
    redis_broker,
)
from yiyang.limits import rate_limits
from yiyang.policy import content_policy
from yiyang.timetable import TIMETABLE

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env("VAR_DIR", str(BASE_DIR / "var")))

DEBUG = env_bool("DEBUG", default=False)
SECRET_KEY = env_secret("SECRET_KEY", default="not-secret-only-for-debug", required=not DEBUG)
# Former ones, while sessions and the keys of phones move over.
SECRET_KEY_FALLBACKS = parts_of(env_secret("SECRET_KEY_FALLBACKS", default="", required=False))
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", "127.0.0.1,localhost" if DEBUG else "")
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
SITE_URL = env("SITE_URL", "http://127.0.0.1:8000" if DEBUG else "").rstrip("/")  # printed in QR codes and mails
HTTPS = SITE_URL.startswith("https://")  # decides cookies, redirect and HSTS in one place
# Who runs this site and whom to call: stands at the foot of every page.
OPERATOR_NAME = env("OPERATOR_NAME")
OPERATOR_PHONE = env("OPERATOR_PHONE")
DEMO = env_bool("DEMO", default=False)  # shows the demo accounts on the sign-in page, and lets them in
DEMO_PASSWORD = env("DEMO_PASSWORD", "yiyang-demo-2026")
DEMO_PIN = "246810"  # of the demo's signatories

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "yiyang.static.PublishedFilesConfig",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "axes",
    "csp",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "database",
    "sockets",
    "jobs",
    "numbering",
    "once",
    "audit",
    "verbs",
    "regions",
    "boundary",
    "accounts",
    "frame",
    "notifications",
    "uploads",
    "exports",
    "institutions",
    "duties",
    "sealing",
    "surveys",
    "eligibility",
    "imports",
    "agreements",
    "filing",
    "coverage",
    "auditing",
    "demo",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",  # before whatever answers by itself, static files too
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "yiyang.request_id.RequestIdMiddleware",
    "yiyang.origin.OriginMiddleware",  # before whatever logs
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.IdleMiddleware",
    "institutions.acting.ActingMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.middleware.IssuedPasswordMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "jobs.middleware.SilenceMiddleware",  # it leaves a message
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "boundary.headers.HeadersMiddleware",
    "boundary.refusals.RefusalsMiddleware",
    "boundary.texts.TextsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "yiyang.errors.NotAllowedMiddleware",
    "yiyang.errors.WrongStateMiddleware",
    "axes.middleware.AxesMiddleware",  # last: it replaces the answer to one failure too many
]
ROOT_URLCONF = "yiyang.urls"
WSGI_APPLICATION = "yiyang.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "frame.chrome.chrome",
                "yiyang.menu.frame",
                "notifications.chrome.unread_notices",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = CRISPY_TEMPLATE_PACK = "bootstrap5"

DATABASE_URL = env_secret("DATABASE_URL", default="postgresql://yiyang@127.0.0.1:5432/yiyang", required=not DEBUG)
# Who makes the tables (database/roles.py); web, worker and clock are never told. Without one the application owns them.
OWNER_DATABASE_URL = env_secret("OWNER_DATABASE_URL", default="", required=False)
APPLICATION_DATABASE = postgres_database(DATABASE_URL)
OWNER_DATABASE = postgres_database(OWNER_DATABASE_URL) if OWNER_DATABASE_URL else {}
DATABASES = {
    "default": {
        **APPLICATION_DATABASE,
        "CONN_MAX_AGE": env_int("CONN_MAX_AGE", 60),  # doubled throughput when measured (platform notes)
        "CONN_HEALTH_CHECKS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env_secret("REDIS_URL", default="redis://127.0.0.1:6379/0", required=not DEBUG)
CACHES = {
    "default": {
        "BACKEND": "patience.cache.ForgetfulCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE},
    }
}
SESSION_ENGINE = "accounts.session_store"

CELERY_BROKER_URL = redis_broker(REDIS_URL)
# A killed worker's tasks come back after visibility_timeout; it must exceed the longest task.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 300,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    # Whoever rings waits this long and does not try again (patience/circuit.py): the sweep rings later.
    "socket_timeout": BROKER_PATIENCE,
    "socket_connect_timeout": BROKER_PATIENCE,
    "max_retries": 0,
    "connect_retries_timeout": BROKER_PATIENCE,
}
CELERY_BROKER_CONNECTION_TIMEOUT = BROKER_PATIENCE
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # worker and clock come back whenever the broker does
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 240
CELERY_TASK_SOFT_TIME_LIMIT = 180
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_MEMORY_PER_CHILD = env_int("WORKER_MAX_MEMORY_KB", 400_000)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Asia/Shanghai"
CELERY_BEAT_SCHEDULE = TIMETABLE

EMAIL_HOST = env("EMAIL_HOST")  # without a mail server, letters are printed in the worker's log
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = env_int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env_secret("EMAIL_HOST_PASSWORD", default="", required=bool(EMAIL_HOST_USER))
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = env_bool("EMAIL_USE_SSL", default=False)
EMAIL_TIMEOUT = env_int("EMAIL_TIMEOUT", 15)  # seconds; a silent server must not outlast the task's time limit
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", "" if EMAIL_HOST else "颐养签约 <notices@yiyang.invalid>")

AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "accounts.passwords.LongEnoughValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "accounts.passwords.ThreeKindsValidator"},
    {"NAME": "accounts.passwords.NotUsedBeforeValidator"},
]
# The first makes new hashes; those of the others are made again when their owner signs in.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "accounts.backend.AccountBackend"]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]  # both: nobody locks a colleague out from elsewhere
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the page promises fifteen minutes
AXES_DISABLE_ACCESS_LOG = True  # the audit log has it
AXES_ENABLE_ADMIN = AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "csrfmiddlewaretoken", "next"]
AXES_USERNAME_CALLABLE = "accounts.lockout.counted_name"
AXES_CLIENT_IP_CALLABLE = "boundary.addresses.counted_address"
AXES_LOCKOUT_CALLABLE = "accounts.lockout.locked_page"
# Who does one of these duties gives a one-time code too, at every sign-in.
SECOND_FACTOR_DUTIES = [
    "signatory",
    "approver",
    "reviewer",
    "supervisor",
    "administrator",
    "template_editor",
    "auditor",
]
OTP_TOTP_ISSUER = "颐养签约"
OTP_TOTP_SYNC = False  # one step of 30 s to either side, and no further
CONFIRMATION_SECONDS = 60 * env_int("CONFIRMATION_MINUTES", 10)  # dangerous acts ask again after that
# Signing in by a government identity provider (OpenID Connect); off without an issuer.
OIDC_ISSUER = env("OIDC_ISSUER")
OIDC_NAME = env("OIDC_NAME", "统一身份认证")
OIDC_IS_SECOND_FACTOR = env_bool("OIDC_IS_SECOND_FACTOR", default=False)
OIDC_OP_AUTHORIZATION_ENDPOINT = env("OIDC_AUTHORIZATION_ENDPOINT")
OIDC_OP_TOKEN_ENDPOINT = env("OIDC_TOKEN_ENDPOINT")
OIDC_OP_JWKS_ENDPOINT = env("OIDC_JWKS_ENDPOINT")
OIDC_OP_USER_ENDPOINT = ""  # the token says who it is; nothing more is asked for
OIDC_RP_CLIENT_ID = env("OIDC_CLIENT_ID")
OIDC_RP_CLIENT_SECRET = env_secret("OIDC_CLIENT_SECRET", default="", required=bool(OIDC_ISSUER))
OIDC_RP_SIGN_ALGO = env("OIDC_ALGORITHM", "RS256")
OIDC_RP_SCOPES = "openid"
OIDC_USE_PKCE = True
OIDC_TIMEOUT = 10  # seconds
OIDC_AUTHENTICATION_CALLBACK_URL = "identity-return"
CSRF_FAILURE_VIEW = "yiyang.errors.form_expired"
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign-in"
SESSION_COOKIE_AGE = 8 * 3600  # from signing in, whatever happens
IDLE_SECONDS = 60 * env_int("IDLE_MINUTES", 30)
IDLE_SECONDS_OFFICIALS = 60 * env_int("IDLE_MINUTES_OFFICIALS", 10)  # who has a duty at an authority or the platform
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"  # links in letters must find the person signed in
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = env_bool("SECURE_SSL_REDIRECT", default=HTTPS)
SECURE_REDIRECT_EXEMPT = [r"^health/$"]  # asked from inside, without TLS
SECURE_HSTS_SECONDS = env_int("SECURE_HSTS_SECONDS", 31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
BEHIND_PROXY = env_bool("BEHIND_PROXY", default=False)  # ours: it sets X-Forwarded-Proto and appends to -For
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
RATE_LIMITS_FACTOR = env_int("RATE_LIMITS_FACTOR", 1)  # for an address with several offices behind it
RATE_LIMITS_PREFIX = "yiyang"
RATE_LIMITS = rate_limits(RATE_LIMITS_FACTOR)
X_FRAME_OPTIONS = "DENY"  # views whose answer our own pages frame say so themselves (boundary/serving.py)
SECURE_REFERRER_POLICY = SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
POLICY_REPORTS_TO = env("CSP_REPORT_URI")  # where browsers tell of what they refused; nowhere by default
# Linking a government identity is a form that leads to its provider.
CONTENT_SECURITY_POLICY = content_policy(
    forms_lead_to=origin_of(OIDC_OP_AUTHORIZATION_ENDPOINT), https=HTTPS, reports_to=POLICY_REPORTS_TO
)

# The log's anchors are signed by the platform's key. They and signatures of agreements are timestamped when authorities
# (RFC 3161) are named: addresses with spaces between, asked in this order.
PLATFORM_KEY_FILE = env("PLATFORM_KEY_FILE", str(VAR_DIR / "keys" / "platform-ed25519.pem"))
TSA_URL = env("TSA_URL")
TSA_SECONDS = env_int("TSA_SECONDS", 5)  # that each is waited for while a person waits for their signature
TSA_CERTIFICATE = env("TSA_CERTIFICATE")  # PEM file: the authorities' certificates, or those of their issuers
TSA_REVOCATION_LISTS = env("TSA_REVOCATION_LISTS")  # PEM file: their issuers' lists of revoked ones; B-LTA needs them

# Electronic signatures: the platform's own certification authority, the pepper that goes into every PIN, and the roots
# of licensed authorities (PEM) to which an imported certificate must lead (docs/decisions/0036-keys-and-signatures.md).
SIGNING_AUTHORITY_FOLDER = Path(env("SIGNING_AUTHORITY_FOLDER", str(VAR_DIR / "keys" / "signing-authority")))
PIN_PEPPER_FILE = env("PIN_PEPPER_FILE", str(VAR_DIR / "keys" / "pin-pepper"))
CERTIFICATE_DAYS = env_int("CERTIFICATE_DAYS", 365)
LICENSED_ROOTS = env("LICENSED_ROOTS")
LICENSED_LISTS = env("LICENSED_LISTS")  # their lists of revoked ones: addresses or files, fetched by the clock
# The modules (.so) of PKCS#11 whose tokens may hold keys of people, with blanks between; no other is ever loaded.
PKCS11_MODULES = env("PKCS11_MODULES")

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = Path(env("STATIC_ROOT", str(VAR_DIR / "static")))
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/bootstrap", BASE_DIR / "node_modules" / "bootstrap" / "dist"),
    ("vendor/echarts", BASE_DIR / "node_modules" / "echarts" / "dist"),
]
# No MEDIA_URL: a file is given out by a view that asks who it is for (boundary/serving.py).
MEDIA_ROOT = Path(env("MEDIA_ROOT", str(VAR_DIR / "media")))
FILES_BY_PROXY = env_bool("FILES_BY_PROXY", default=False)  # nginx gives out MEDIA_ROOT when told by X-Accel-Redirect

# Strangers' files are opened by so many child processes at once on this machine (boundary/cell).
CELLS = env_int("CELLS", 2)
CELL_SECONDS = env_int("CELL_SECONDS", 10)  # on the wall, and one more for each page
CELL_FOLDER = VAR_DIR / "cells"
# What set-up has cut of the system's fonts (agreements/documents/cut_fonts.py); it knows no VAR_DIR.
FONTS_FOLDER = Path(env("FONTS_FOLDER", str(BASE_DIR / "var" / "fonts")))
TURNS_FOLDER = VAR_DIR / "turns"  # of what web workers do one at a time (boundary/turns.py)
PAGE_WIDTHS = (2000, 1000)  # dots of a stored page, to be looked at closely and beside others

S3_BUCKET = env("S3_BUCKET")
S3_STORAGE = {
    "BACKEND": "storages.backends.s3.S3Storage",
    "OPTIONS": {
        "bucket_name": S3_BUCKET,
        "endpoint_url": env("S3_ENDPOINT_URL") or None,
        "region_name": env("S3_REGION") or None,
        "access_key": env("S3_ACCESS_KEY") or None,
        "secret_key": env_secret("S3_SECRET_KEY", default="", required=bool(S3_BUCKET)) or None,
        "file_overwrite": False,
        "default_acl": "private",
    },
}
FILE_STORAGE = {"BACKEND": "boundary.storage.WholeFilesStorage", "OPTIONS": {"location": str(MEDIA_ROOT)}}
STATIC_STORAGE = (
    "django.contrib.staticfiles.storage.StaticFilesStorage" if DEBUG else "yiyang.static.PublishedFilesStorage"
)
STORAGES = {
    "default": S3_STORAGE if S3_BUCKET else FILE_STORAGE,
    "staticfiles": {"BACKEND": STATIC_STORAGE},
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = ["gif", "jpg", "png", "webp", "gz", "br", "woff", "woff2", "map"]

DEFAULT_EXCEPTION_REPORTER_FILTER = "yiyang.reports.NoValues"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {request_id} {name} {message}", "style": "{"}},
    "filters": {
        "request_id": {"()": "yiyang.request_id.RequestIdFilter"},
        "quiet": {"()": "yiyang.log_lines.QuietFilter"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["request_id", "quiet"]}
    },
    "root": {"handlers": ["console"], "level": env("LOG_LEVEL", "INFO")},
    # They tell every step of every document, or of every sign-in, at INFO.
    "loggers": {name: {"level": "WARNING"} for name in ("axes", "fontTools", "pikepdf", "weasyprint.progress")},
}

if OWNER_DATABASE and OWNER_DATABASE["NAME"] != APPLICATION_DATABASE["NAME"]:
    raise ImproperlyConfigured("OWNER_DATABASE_URL must name the same database as DATABASE_URL.")
if EMAIL_HOST and not DEFAULT_FROM_EMAIL:
    raise ImproperlyConfigured("DEFAULT_FROM_EMAIL must be set when EMAIL_HOST is.")
if OIDC_ISSUER and not (
    OIDC_RP_CLIENT_ID and OIDC_OP_AUTHORIZATION_ENDPOINT and OIDC_OP_TOKEN_ENDPOINT and OIDC_OP_JWKS_ENDPOINT
):
    raise ImproperlyConfigured("OIDC_ISSUER needs OIDC_CLIENT_ID and the AUTHORIZATION, TOKEN and JWKS endpoints.")
if OIDC_RP_SIGN_ALGO not in {"RS256", "ES256"}:
    raise ImproperlyConfigured("OIDC_ALGORITHM must be RS256 or ES256.")
if not 365 <= CERTIFICATE_DAYS <= 730:
    raise ImproperlyConfigured("CERTIFICATE_DAYS must lie between 365 and 730.")
if TSA_URL and not (TSA_CERTIFICATE and all(one.startswith(("http://", "https://")) for one in TSA_URL.split())):
    raise ImproperlyConfigured("TSA_URL must be http or https addresses and needs TSA_CERTIFICATE.")
if not DEBUG and not (ALLOWED_HOSTS and SITE_URL):
    raise ImproperlyConfigured("ALLOWED_HOSTS and SITE_URL must be set when DEBUG is off.")

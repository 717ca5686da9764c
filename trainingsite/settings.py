"""Settings. The environment is read here and nowhere else; README.md lists every variable."""

from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from redis.backoff import NoBackoff
from redis.connection import parse_url
from redis.retry import Retry

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")

DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / ".data"))).resolve()

# --- Safety ---------------------------------------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
if DEBUG:
    SECRET_KEY = SECRET_KEY or "only-for-development-on-this-machine"
    ALLOWED_HOSTS = ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]
else:
    if not SECRET_KEY:
        raise ImproperlyConfigured("Set SECRET_KEY to a long random text (or DEBUG=true on your own machine).")
    if not ALLOWED_HOSTS:
        raise ImproperlyConfigured("Set ALLOWED_HOSTS to the names this site answers to, with commas between.")
HTTPS = env.bool("HTTPS", default=not DEBUG)
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=3600 if HTTPS else 0)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "SAMEORIGIN"

# --- Applications ---------------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "modules",  # before django_rq: its rqworker command replaces theirs
    "uploads",
    "trainingsite.accounts",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "django_rq",
    "storages",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Before all that may answer in words.
    "trainingsite.language.LanguageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "trainingsite.unavailable.SessionMiddleware",
    "trainingsite.unavailable.DatabaseUnavailableMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "trainingsite.accounts.tokens.BearerMiddleware",
    "trainingsite.accounts.htmx.SignInMiddleware",
    # Before CSRF, which reads the whole body: admission rejects what need not be received.
    "uploads.admission.AdmissionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "trainingsite.accounts.tokens.CsrfMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "trainingsite.urls"
WSGI_APPLICATION = "trainingsite.wsgi.application"
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
            ],
        },
    },
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
TIME_ZONE = env.str("TIME_ZONE", default="UTC")

# --- Languages of the interface -------------------------------------------------------------------------------

LANGUAGE_CODE = "en"  # that of the texts in templates and code, which therefore needs no catalogue
LANGUAGES = [("en", "English")]  # CONTRIBUTING.md says how to add one
LOCALE_PATHS = [BASE_DIR / "trainingsite" / "locale"]

# --- Accounts -------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
DEMO_USERNAME = env.str("DEMO_USERNAME", default="demo")  # manage.py create_demo_user
DEMO_PASSWORD = env.str("DEMO_PASSWORD", default="")  # empty: one is made up, and printed
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "modules:library"
LOGOUT_REDIRECT_URL = "accounts:login"
CSRF_FAILURE_VIEW = "trainingsite.accounts.views.csrf_failure"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

# --- Database -------------------------------------------------------------------------------------------------

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{DATA_DIR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE: a transaction that reads and then writes never meets "database is locked".
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 60
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
        DATABASES["default"]["ENGINE"] = "trainingsite.postgresql"
    # A server that is slow, gone or hangs must not hold a request, nor a heartbeat, for ever.
    DATABASE_TIMEOUT = env.float("DATABASE_TIMEOUT", default=30)  # seconds for one statement; 0: no limit
    _limits = {  # milliseconds
        "statement_timeout": int(1000 * DATABASE_TIMEOUT),
        "lock_timeout": int(1000 * DATABASE_TIMEOUT / 2),
        "idle_in_transaction_session_timeout": 60_000,
    }
    _patience: dict[str, Any] = {
        "connect_timeout": 5,
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 20_000,
    }
    if DATABASE_TIMEOUT:
        _patience["options"] = " ".join(f"-c {name}={value}" for name, value in _limits.items())
        # Longer than the server's own limit: only one that hangs has not answered by then.
        _patience["answer_within"] = DATABASE_TIMEOUT + 5
    DATABASES["default"]["OPTIONS"] = _patience | DATABASES["default"].get("OPTIONS", {})

# --- Redis and the queue --------------------------------------------------------------------------------------

QUEUE = env.str("QUEUE", default="auto")  # rq, local or auto
RUN_WORKER = env.bool("RUN_WORKER", default=True)  # runserver starts workers beside itself
REDIS_URL = env.str("REDIS_URL", default="")
REDIS_SENTINELS = [
    (host, int(port or 26379))
    for host, _, port in (at.partition(":") for at in env.list("REDIS_SENTINELS", default=[]))
]
# A web request waits 0.3 s for Redis and never tries twice; the worker has longer times of its own.
REDIS_PATIENCE = {"socket_connect_timeout": 0.3, "socket_timeout": 0.3, "retry": Retry(NoBackoff(), 0)}
_redis = parse_url(REDIS_URL) if REDIS_URL else {}
_tls = {name: value for name, value in _redis.items() if name.startswith("ssl_")}  # as in ?ssl_ca_certs=/etc/ca.pem
_connection = {
    "DB": _redis.get("db", env.int("REDIS_DB", default=0)),
    "USERNAME": _redis.get("username"),
    "PASSWORD": _redis.get("password", env.str("REDIS_PASSWORD", default="") or None),
}
if REDIS_SENTINELS:
    _connection |= {
        "SENTINELS": REDIS_SENTINELS,
        "MASTER_NAME": env.str("REDIS_SENTINEL_SERVICE", default="mymaster"),
        "SENTINEL_KWARGS": REDIS_PATIENCE | {"password": env.str("REDIS_SENTINEL_PASSWORD", default="") or None},
        "CONNECTION_KWARGS": REDIS_PATIENCE | _tls | {"ssl": REDIS_URL.startswith("rediss:")},
    }
else:
    _connection |= {
        "HOST": _redis.get("host", env.str("REDIS_HOST", default="localhost")),
        "PORT": _redis.get("port", env.int("REDIS_PORT", default=6379)),
        "SSL": REDIS_URL.startswith("rediss:"),
        "SSL_CERT_REQS": _tls.pop("ssl_cert_reqs", "required"),
        "REDIS_CLIENT_KWARGS": REDIS_PATIENCE | _tls,
    }
# Every queue, with the niceness of what runs from it: what somebody waits for goes before what can wait.
QUEUES = {"default": 0, "long": 5, "renditions": 10}
DEFAULT_QUEUE, LONG_QUEUE, RENDITIONS_QUEUE = QUEUES
RQ_QUEUES = {name: dict(_connection) for name in QUEUES}
RQ = {"WORKER_CLASS": "modules.workers.rq_worker.RQWorker", "COMMIT_MODE": "auto"}
RQ_SHOW_ADMIN_LINK = False  # our admin links to it only where Redis answers

# --- Files ----------------------------------------------------------------------------------------------------

MEDIA_ROOT = DATA_DIR / "media"
MEDIA_URL = "/media/"  # never routed: media is served to those who may see it (modules/views/serve_files.py)
MEDIA_ACCEL_PREFIX = env.str("MEDIA_ACCEL_PREFIX", default="")  # nginx: internal location over MEDIA_ROOT
WORK_DIR = DATA_DIR / "work"
FILE_UPLOAD_TEMP_DIR = MEDIA_ROOT / "incoming"  # on the media file system, so that saving is a rename
FILE_UPLOAD_HANDLERS = ["uploads.multipart.StreamToDisk"]
SAMPLE_VIDEO = BASE_DIR / "static" / "sample" / "how-to.mp4"  # comes with the product; `make sample` films it
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
try:
    for _folder in (FILE_UPLOAD_TEMP_DIR, WORK_DIR, STATIC_ROOT):
        _folder.mkdir(parents=True, exist_ok=True)
except OSError as _error:
    raise ImproperlyConfigured(f"Set DATA_DIR to a folder that can be written to ({_error}).") from _error
S3_BUCKET = env.str("S3_BUCKET", default="")
S3_ENDPOINT_URL = env.str("S3_ENDPOINT_URL", default="")
S3_PUBLIC_URL = env.str("S3_PUBLIC_URL", default="")  # the same store as browsers reach it; empty: by S3_ENDPOINT_URL
S3_ACCESS_KEY = env.str("S3_ACCESS_KEY", default="")
S3_SECRET_KEY = env.str("S3_SECRET_KEY", default="")
S3_TIMEOUT = env.float("S3_TIMEOUT", default=20)  # seconds without a byte from the object store
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
if S3_BUCKET:
    from botocore.config import Config  # only where it is needed: it takes a second to load

    # The signature of an address (s3v4) holds the region: without one there is none to sign for.
    _region = env.str("S3_REGION", default="") or env.str("AWS_DEFAULT_REGION", default="us-east-1")
    STORAGES["default"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": S3_ENDPOINT_URL or None,
            "region_name": _region,
            "access_key": S3_ACCESS_KEY or None,
            "secret_key": S3_SECRET_KEY or None,
            # A store that is away costs an upload seconds, and a run tries again later.
            "client_config": Config(
                signature_version="s3v4",
                s3={"addressing_style": env.str("S3_ADDRESSING_STYLE", default="auto")},
                connect_timeout=3,
                read_timeout=S3_TIMEOUT,
                retries={"mode": "standard", "total_max_attempts": 4},
            ),
            "default_acl": None,
            "file_overwrite": True,  # every name of ours holds a random part
            "querystring_expire": 3600,
        },
    }
    # Only signs addresses, which takes no call: the name by which it knows the store is part of what is signed.
    STORAGES["browsers"] = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": STORAGES["default"]["OPTIONS"] | {"endpoint_url": S3_PUBLIC_URL or S3_ENDPOINT_URL or None},
    }

# --- Limits ---------------------------------------------------------------------------------------------------

MAX_UPLOAD_MB = env.int("MAX_UPLOAD_MB", default=2048)
MAX_CAPTIONS_KB = 2048
UPLOAD_STALL_SECONDS = env.float("UPLOAD_STALL_SECONDS", default=60)  # without a byte, an upload has broken off
MAX_ACTIVE_PER_USER = env.int("MAX_ACTIVE_PER_USER", default=10)
MAX_VIDEO_HOURS = env.float("MAX_VIDEO_HOURS", default=12)
MAX_VIDEO_PIXELS = env.int("MAX_VIDEO_PIXELS", default=8192 * 4320)
VIDEO_LIMITS: dict[str, Any] = {"max_pixels": MAX_VIDEO_PIXELS, "max_hours": MAX_VIDEO_HOURS}  # for `media.probe`
MIN_FREE_DISK_MB = env.int("MIN_FREE_DISK_MB", default=512)  # what an upload must leave
RUN_MEMORY_MB = env.int("RUN_MEMORY_MB", default=8192)  # private memory of one run; 0: no limit
RUN_DISK_MB = env.int("RUN_DISK_MB", default=4 * MAX_UPLOAD_MB)  # scratch files of one run; 0: no limit
PRUNE_EVERY_HOURS = env.float("PRUNE_EVERY_HOURS", default=24)  # workers run prune_storage; 0: never
LONG_VIDEO_MINUTES = env.float("LONG_VIDEO_MINUTES", default=20)
POLL_SECONDS = 3  # between two looks of a page at what it shows
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# --- AI -------------------------------------------------------------------------------------------------------

SPEECH_PROVIDER = env.str("SPEECH_PROVIDER", default="auto")  # auto, or a name in modules/ai/registry.py
WRITER_PROVIDER = env.str("WRITER_PROVIDER", default="auto")
OPENAI_API_KEY = env.str("OPENAI_API_KEY", default="")
OPENAI_BASE_URL = env.str("OPENAI_BASE_URL", default="")
OPENAI_TRANSCRIBE_MODEL = env.str("OPENAI_TRANSCRIBE_MODEL", default="gpt-transcribe")
OPENAI_MODEL = env.str("OPENAI_MODEL", default="gpt-6-luna")
OPENAI_TRANSCRIBE_SEGMENTS = env.bool("OPENAI_TRANSCRIBE_SEGMENTS", default=False)  # the server gives times
OPENAI_TIMEOUT = env.float("OPENAI_TIMEOUT", default=120)  # seconds for one answer of the writer
AI_CONCURRENCY = env.int("AI_CONCURRENCY", default=8)
AI_MAX_COST_PER_MODULE = env.float("AI_MAX_COST_PER_MODULE", default=0)  # US dollars; 0: no limit
# {"model": {"minute": …, "tokens_in": …, "tokens_out": …}}: US dollars a minute of audio, a million tokens.
AI_PRICES = env.json("AI_PRICES", default={})
WHISPER_MODEL = env.str("WHISPER_MODEL", default="base")

# --- Logs -----------------------------------------------------------------------------------------------------

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        name: {"handlers": ["console"], "level": LOG_LEVEL, "propagate": False}
        for name in ("trainingsite", "modules", "uploads")
    },
}

"""All settings, in one file, from the environment (see .env.example for every variable).

A development machine needs none of them: `manage.py` starts the embedded PostgreSQL and `make run`
writes an `.env`. Production (DEBUG off) refuses to start without SECRET_KEY, ALLOWED_HOSTS and DATABASE_URL.
"""

import re
from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from pythonjsonlogger.core import RESERVED_ATTRS

from portal import unready

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)
HTTPS = env.bool("HTTPS", default=False)

DEVELOPMENT_KEY = "development-only-secret-key-not-for-production-use-0123456789"
if missing := unready.in_environment(env, DEVELOPMENT_KEY) if not DEBUG else []:
    raise ImproperlyConfigured("\n".join(missing))

SECRET_KEY = env("SECRET_KEY", default=DEVELOPMENT_KEY)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# --- Applications -----------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "portal.apps.PortalConfig",
    "news.apps.NewsConfig",
    "hotlines.apps.HotlinesConfig",
    "polls.apps.PollsConfig",
    "stats.apps.StatsConfig",
    "portal.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "portal.apps.PortalStaticFilesConfig",
    "django.contrib.sitemaps",
    "csp",
    "ckeditor",
    "simple_history",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
]

# The first one sees every answer last: it stores whole pages with the headers that the inner ones have set.
MIDDLEWARE = [
    "portal.middleware.PublicPages",
    "portal.middleware.Headers",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "portal.middleware.CleanInput",
    "portal.middleware.Language",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "portal.accounts.sessions.SignedIn",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEST_RUNNER = "portal.testrunner.PytestRunner"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATE_LOADERS = ["portal.lib.unindented.Loader", "django.template.loaders.app_directories.Loader"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [("django.template.loaders.cached.Loader", TEMPLATE_LOADERS)],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Database ---------------------------------------------------------------------------------------------
DATABASES = {"default": env.db("DATABASE_URL", default="postgres:///portal")}
DATABASE_ROUTERS = []
if env("DATABASE_REPLICA_URL", default=""):
    DATABASES["replica"] = env.db("DATABASE_REPLICA_URL") | {"TEST": {"MIRROR": "default"}}
    DATABASE_ROUTERS = ["portal.replica.Router"]
# Nothing that belongs to a session may be used behind it: see portal/lib/patience.py.
PGBOUNCER = env.bool("PGBOUNCER", default=False)
for _database in DATABASES.values():
    _database |= {
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=600),
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": PGBOUNCER,
        # How long a server waits for statements and locks is said in portal/lib/patience.py; commands may take their time.
        "OPTIONS": {"connect_timeout": 3} | _database.get("OPTIONS", {}),
    }

# --- Language, time, numbers ------------------------------------------------------------------------------
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]  # see portal/lib/languages.py
LOCALE_PATHS = [BASE_DIR / "portal" / "locale"]
FORMAT_MODULE_PATH = ["portal.formats"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

# --- Files ------------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(env("STATIC_ROOT", default=str(BASE_DIR / ".data" / "static")))
# The page for the web server in front while no process answers; also read by a process that starts without a database.
OUTAGE_FILE = env("OUTAGE_FILE", default="") or STATIC_ROOT / "503.html"
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env("MEDIA_ROOT", default=str(BASE_DIR / ".data" / "media")))
# In S3 instead (requirements-s3.txt); the portal gives the files out all the same.
MEDIA_S3_BUCKET = env("MEDIA_S3_BUCKET", default="")
_S3 = {
    "bucket_name": MEDIA_S3_BUCKET,
    "endpoint_url": env("MEDIA_S3_ENDPOINT", default="") or None,
    "region_name": env("MEDIA_S3_REGION", default="") or None,
    "access_key": env("MEDIA_S3_KEY", default="") or None,
    "secret_key": env("MEDIA_S3_SECRET", default="") or None,
    "location": env("MEDIA_S3_FOLDER", default=""),
    "default_acl": None,
    "file_overwrite": False,
}
STORAGES = {
    "default": {"BACKEND": "portal.s3.GuardedS3", "OPTIONS": _S3}
    if MEDIA_S3_BUCKET
    else {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    # The editor loads its plugins by plain name, so the unhashed copies stay beside the hashed ones.
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "portal.lib.sheets.SheetStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_ALLOW_ALL_ORIGINS = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_HANDLERS = [
    "portal.lib.uploads.OnlyOfStaff",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "portal.lib.uploads.OnDisk",
]
FILE_UPLOAD_PERMISSIONS = 0o644

# --- Security ---------------------------------------------------------------------------------------------
# Addresses (or networks) of the proxies in front; X-Forwarded-For is believed only from these.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = ["^(healthz|readyz)$"]  # who watches asks the process itself, without TLS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
if HTTPS:  # no other host of the domain, and nobody without TLS, can set a cookie of such a name
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
CSRF_FAILURE_VIEW = "portal.adminsite.csrf_failure"
X_FRAME_OPTIONS = "DENY"
# What no page of the portal asks of a browser; the map may ask where its reader stands.
PERMISSIONS_POLICY = (
    "accelerometer=(), autoplay=(), camera=(), display-capture=(), encrypted-media=(), geolocation=(self), gyroscope=(), "
    "magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {},
        "MinimumLengthValidator": {"min_length": 12},
        "CommonPasswordValidator": {},
        "NumericPasswordValidator": {},
    }.items()
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

# --- The map ----------------------------------------------------------------------------------------------
MAP_TILES = env("MAP_TILES", default="")  # "https://…/{z}/{x}/{y}.png"; empty: our own drawing, nobody else is asked
MAP_ATTRIBUTION = env("MAP_ATTRIBUTION", default="")
MAP_BOUNDS = [float(degrees) for degrees in env.list("MAP_BOUNDS", default=[])]  # south, west, north, east
MAP_MIN_ZOOM, MAP_MAX_ZOOM = env.int("MAP_MIN_ZOOM", default=10), env.int("MAP_MAX_ZOOM", default=18)
MAP_ROUTE = env("MAP_ROUTE", default="https://www.openstreetmap.org/directions?to={lat},{lng}")
if len(MAP_BOUNDS) not in {0, 4}:
    raise ImproperlyConfigured("MAP_BOUNDS cần bốn số: nam, tây, bắc, đông. Xem .env.example.")
TILE_HOST = re.findall(r"^https?://[\w.*:-]+", MAP_TILES.replace("{s}", "*"))
# --- Accounts: see portal/accounts/ -------------------------------------------------------------------------
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
SESSION_COOKIE_AGE = 30 * 60  # of idleness: each request within it begins the half hour anew
SESSION_HOURS = 12  # and then the password is asked again, however busy the day
# Five wrong passwords for one name from one network close that name to that network for a quarter of an hour.
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_HANDLER = "portal.accounts.throttle.Handler"
AXES_CLIENT_IP_CALLABLE = "portal.accounts.throttle.network"
AXES_CLIENT_STR_CALLABLE = "portal.accounts.throttle.told"
AXES_USERNAME_CALLABLE = "portal.accounts.throttle.name"
AXES_LOCKOUT_CALLABLE = "portal.accounts.throttle.locked_out"
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_SENSITIVE_PARAMETERS = ["username", "csrfmiddlewaretoken", "next"]
# Whose password alone is not enough: these roles and superusers. By default where the portal is served over HTTPS.
TOTP_REQUIRED = env.bool("TOTP_REQUIRED", default=HTTPS)
TOTP_REQUIRED_GROUPS = env.list("TOTP_REQUIRED_GROUPS", default=["Người duyệt", "Quản trị"])

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *TILE_HOST],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
        "worker-src": [SELF],
    }
}

# --- The editor (CKEditor 4, held as tight as security.md of the project asks; see DECISIONS.md) ------------
CKEDITOR_CONFIGS = {
    "default": {
        "language": "vi",
        "width": "100%",
        "height": 420,
        "versionCheck": False,
        "entities": False,
        "removePlugins": "scayt,wsc,exportpdf,flash,preview,print,newpage,forms,iframe,smiley,templates,"
        "easyimage,language,save,elementspath,about,uploadimage,uploadwidget,magicline,image",
        "extraPlugins": "autogrow,picture",  # the second is ours: static/js/editor-pictures.js
        "clipboard_handleImages": False,  # ours does
        # What is written looks as it will be read: the site's own sheets, and its classes by name.
        "contentsCss": [f"{STATIC_URL}css/{sheet}.css" for sheet in ("tokens", "base", "article", "editor")],
        "bodyClass": "prose",
        "stylesSet": [
            {"name": "Đoạn mở đầu", "element": "p", "attributes": {"class": "lead"}},
            {"name": "Ghi chú", "element": "p", "attributes": {"class": "note"}},
            {"name": "Ký tên", "element": "p", "attributes": {"class": "signature"}},
        ],
        "autoGrow_maxHeight": 800,
        "format_tags": "p;h2;h3;h4",
        "removeDialogTabs": "link:advanced;link:target;table:advanced",
        "linkShowTargetTab": False,
        # Alignment as classes: `html.clean` keeps no style, nor does the site's policy let one act.
        "justifyClasses": ["align-left", "align-center", "align-right", "align-justify"],
        "disallowedContent": "*{*}; *[on*]; script style iframe object embed form input",
        # What `html.clean` lets pass beside the buttons' own work, so that opening a text and saving it loses nothing.
        "extraAllowedContent": "h2 h3 h4 pre code mark s u dl dt dd figure figcaption span div; "
        "caption thead tbody tfoot colgroup col; th td[colspan,rowspan,headers,scope]; ol[start,type]; "
        "a[!href,title]; img[!src,alt,width,height]; *[id,lang]; "
        "*(align-left,align-center,align-right,align-justify,signature,lead,note)",
        "toolbar": [
            ["Undo", "Redo", "PasteText", "PasteFromWord", "RemoveFormat"],
            ["Format", "Styles", "Bold", "Italic", "Subscript", "Superscript"],
            ["NumberedList", "BulletedList", "Blockquote", "Table", "HorizontalRule", "SpecialChar"],
            ["JustifyLeft", "JustifyCenter", "JustifyRight", "JustifyBlock"],
            ["Link", "Unlink", "Picture", "Find", "Source", "Maximize"],
        ],
    }
}
SILENCED_SYSTEM_CHECKS = ["ckeditor.W001"]

# --- A CDN in front: see docs/operate.md ------------------------------------------------------------------
CDN_SECONDS = env.int("CDN_SECONDS", default=0)  # how long it may keep a page; 0: there is none
CDN_STALE_SECONDS = env.int("CDN_STALE_SECONDS", default=600)  # … and go on showing it while the portal does not answer
CDN_PURGE_URL = env("CDN_PURGE_URL", default="")
CDN_PURGE_METHOD = env("CDN_PURGE_METHOD", default="POST")
CDN_PURGE_HEADERS = env.list("CDN_PURGE_HEADERS", default=[])  # "Name: value"
CDN_PURGE_BODY = env("CDN_PURGE_BODY", default="")

# --- Who watches over it ----------------------------------------------------------------------------------
METRICS_TOKEN = env("METRICS_TOKEN", default="")  # without it there is no /metrics
METRICS_FOLDER = env("METRICS_FOLDER", default="")
ERROR_WEBHOOK = env("ERROR_WEBHOOK", default="")

# --- The portal -------------------------------------------------------------------------------------------
PULSE = env.bool("PULSE", default=True)  # tests switch it off and beat by hand
PAGE_CACHE_MB = env.int("PAGE_CACHE_MB", default=128)
LIST_PAGE_SIZE = 12
# Short numbers that dial as they are; 1800… and 1900… are known by their form.
SHORT_NUMBERS = env.list("SHORT_NUMBERS", default="111 112 113 114 115 116 117 118 119 156 1022 1080 1081 1088".split())
HOTLINE_CHECK_DAYS = env.int("HOTLINE_CHECK_DAYS", default=90)  # a number that answered is due again after so many days
# Ballots an hour from one network (/24 or /64) in one poll: above the first each needs a proof of work, or is kept aside.
POLL_SOFT_LIMIT = env.int("POLL_SOFT_LIMIT", default=60)
POLL_HARD_LIMIT = env.int("POLL_HARD_LIMIT", default=600)
POLL_WORK_BITS = env.int("POLL_WORK_BITS", default=16)  # each bit doubles the work: 16 are some seconds of a slow phone

LOGGED = "{asctime} {levelname} {name} {message}"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": LOGGED, "style": "{"},
        # One line each, whatever the message holds; and no request, in whose address a reader's choice may stand.
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "fmt": LOGGED,
            "style": "{",
            "reserved_attrs": [*RESERVED_ATTRS, "request"],
        },
    },
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "line" if DEBUG else "json",
        },
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["stdout"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {
        # Scanners ask for made-up hosts all day; the 400 that they get is answer enough, without a trace for each.
        "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
        "axes": {
            "level": "ERROR"
        },  # below that it tells the name typed, which may be a password; the audit log has the account
        "django.server": {"handlers": ["stdout"], "level": "INFO", "propagate": False},
    },
}
if ERROR_WEBHOOK:
    LOGGING["handlers"]["webhook"] = {"class": "portal.lib.alarm.Webhook", "url": ERROR_WEBHOOK}
    LOGGING["root"]["handlers"] = [*LOGGING["root"]["handlers"], "webhook"]

"""What `manage.py check` asks of this project beside Django's own questions."""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register
from django.db.backends.postgresql import psycopg_any


@register(Tags.database)
def psycopg2_is_used(**_):
    """Django prefers psycopg 3 where it is installed; `patience.limit_waiting` knows only the waiting of 2."""
    if not psycopg_any.is_psycopg3:
        return []
    return [
        Error("psycopg 3 đang được cài: hãy gỡ, cổng chạy với psycopg2 (xem portal/lib/patience.py).", id="portal.E001")
    ]


@register()
def brake_can_be_passed(**_):
    """No browser finds more than 30 bits, and none of them needs a hard limit below the soft one."""
    if 1 <= settings.POLL_WORK_BITS <= 30 and 0 <= settings.POLL_SOFT_LIMIT <= settings.POLL_HARD_LIMIT:
        return []
    return [Error("POLL_WORK_BITS phải từ 1 đến 30, POLL_SOFT_LIMIT không quá POLL_HARD_LIMIT.", id="portal.E002")]


@register(Tags.security, deploy=True)
def proxy_is_named(**_):
    """Behind a proxy that ends TLS, https without a trusted proxy is a redirect to itself for ever."""
    if not settings.SECURE_SSL_REDIRECT or settings.TRUSTED_PROXIES:
        return []
    return [
        Warning("HTTPS=1 mà TRUSTED_PROXIES trống: sau proxy TLS mọi trang sẽ tự chuyển hướng mãi.", id="portal.W001")
    ]


@register(Tags.security, deploy=True)
def second_step_is_required(**_):
    if settings.TOTP_REQUIRED:
        return []
    return [Warning("TOTP_REQUIRED=0: người duyệt và quản trị đăng nhập chỉ bằng mật khẩu.", id="portal.W002")]

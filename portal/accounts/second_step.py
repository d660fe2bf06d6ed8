"""The second step of signing in: a code from an application (TOTP), or one of ten recovery codes, each good once."""

import base64
import hashlib
import re
import secrets

import segno
from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.lib import audit
from portal.models import RecoveryCode

CODES = 10
_TOKEN = re.compile(r"[0-9]{6}")


def is_on(user):
    return TOTPDevice.objects.filter(user=user).exists()


def is_required(user):
    """Whether this account may not go without: superusers and the roles of TOTP_REQUIRED_GROUPS."""
    if not settings.TOTP_REQUIRED:
        return False
    return user.is_superuser or user.groups.filter(name__in=settings.TOTP_REQUIRED_GROUPS).exists()


def asked_of(user):
    """What a password alone leaves open for `user`: "code", "setup" or ""."""
    if is_on(user):
        return "code"
    return "setup" if is_required(user) else ""


def offered(user, key):
    """The device that `user` is about to set up under the secret `key` (hexadecimal); it is not stored yet."""
    return TOTPDevice(user=user, name="", key=key)


def picture(device, issuer):
    """The QR code of `device` as the address of an SVG picture; applications show it under `issuer`."""
    label = re.sub("[:/]", " ", issuer)
    address = re.sub("totp/", f"totp/{_quoted(label)}:", device.config_url, count=1)
    return segno.make(f"{address}&issuer={_quoted(label)}", error="m").svg_data_uri(scale=5, border=2, light="#fff")


def _quoted(text):
    return "".join(c if c.isascii() and c.isalnum() else "".join(f"%{b:02X}" for b in c.encode()) for c in text)


def secret(device):
    """The secret in groups of four, for those who cannot point a camera."""
    text = base64.b32encode(device.bin_key).decode()
    return " ".join(text[i : i + 4] for i in range(0, len(text), 4))


@transaction.atomic
def switch_on(user, key, token):
    """Stores the device with the secret `key` if `token` is what it shows. The recovery codes, or None."""
    User.objects.select_for_update().get(pk=user.pk)
    clock = TOTP(bytes.fromhex(key))
    if is_on(user) or not _TOKEN.fullmatch(token) or not clock.verify(int(token), tolerance=1):
        return None
    TOTPDevice.objects.create(user=user, name="", key=key, drift=clock.drift, last_t=clock.t())
    audit.record("Two-step sign-in switched on", user, by=user)
    return _new_codes(user)


@transaction.atomic
def check(user, given):
    """Whether `given` is what the application shows now or an unused recovery code; either is then spent."""
    given = re.sub(r"[\s-]", "", given).lower()
    device = TOTPDevice.objects.select_for_update().filter(user=user).first()
    if device is None:
        return False
    if _TOKEN.fullmatch(given):
        return device.verify_token(given)
    if not device.verify_is_allowed()[0]:
        return False
    spent, _ = RecoveryCode.objects.filter(user=user, digest=_digest(user, given)).delete()
    if not spent:
        device.throttle_increment()
        return False
    audit.record("Recovery code used", user, by=user, left=codes_left(user))
    return True


def seconds_to_wait(user):
    """After wrong codes: the seconds before which no code is looked at; else 0."""
    device = TOTPDevice.objects.filter(user=user).first()
    told = device.verify_is_allowed()[1] if device else None
    return max(0, int((told["locked_until"] - timezone.now()).total_seconds()) + 1) if told else 0


@transaction.atomic
def renew_codes(user):
    """New recovery codes; the old ones open nothing any more."""
    audit.record("Recovery codes made anew", user, by=user)
    return _new_codes(user)


@transaction.atomic
def switch_off(user, *, by):
    """The password alone is enough again (or, where a code is required, the set-up begins anew)."""
    if TOTPDevice.objects.filter(user=user).delete()[0]:
        RecoveryCode.objects.filter(user=user).delete()
        audit.record("Two-step sign-in switched off", user, by=by)


def codes_left(user):
    return RecoveryCode.objects.filter(user=user).count()


def _new_codes(user):
    RecoveryCode.objects.filter(user=user).delete()
    codes = [base64.b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, digest=_digest(user, code)) for code in codes)
    return ["-".join(code[i : i + 4] for i in range(0, 16, 4)) for code in codes]


def _digest(user, code):
    """80 random bits need no slow hash: nobody can try them out."""
    return hashlib.sha256(f"{user.pk}:{code}".encode()).hexdigest()

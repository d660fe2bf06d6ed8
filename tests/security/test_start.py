"""Production does not start half configured: one sentence for each thing that is missing, and no trace."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core import checks
from django.core.management import call_command

from portal import unready

ROOT = Path(__file__).resolve().parents[2]
KEY = "k" * 30 + "0123456789" * 3
GOOD = {
    "DEBUG": "0",
    "SECRET_KEY": KEY,
    "ALLOWED_HOSTS": "portal.example.vn",
    "DATABASE_URL": "postgres://127.0.0.1:1/none",
}


def start(*command, **changes):
    """(exit status, what was said) of a process with a production environment, changed."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    environment = {**kept, "PYTHONUTF8": "1", **GOOD, **changes}
    done = subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("SECRET_KEY", "", "Thiếu SECRET_KEY"),
        ("SECRET_KEY", "ngan", "SECRET_KEY quá ngắn"),
        ("ALLOWED_HOSTS", "", "Thiếu ALLOWED_HOSTS"),
        ("ALLOWED_HOSTS", "*", "ALLOWED_HOSTS không được là *"),
        ("DATABASE_URL", "sqlite:///x", "DATABASE_URL phải bắt đầu bằng postgres://"),
        ("TRUSTED_PROXIES", "10.0.0.2,proxy", "TRUSTED_PROXIES: “proxy” không phải địa chỉ"),
    ],
)
def test_each_variable_is_asked_for_in_one_sentence(name, value, sentence):
    status, said = start("manage.py", "check", **{name: value})
    assert (status, said.count("\n")) == (1, 1)
    assert said.startswith(sentence)


def test_all_that_is_missing_is_said_at_once():
    status, said = start("-c", "import portal.settings", SECRET_KEY="", ALLOWED_HOSTS="", DATABASE_URL="")
    assert status == 1
    assert [name for name in GOOD if f"Thiếu {name}" in said] == ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL"]


def test_the_server_asks_for_its_folders(tmp_path):
    missing = {"STATIC_ROOT": f"{tmp_path}/static", "MEDIA_ROOT": "/proc/media"}
    status, said = start("-c", "import portal.wsgi", **missing)
    assert status == 1
    assert "chạy manage.py collectstatic" in said
    if os.geteuid() != 0:
        assert "Không ghi được vào MEDIA_ROOT" in said


def test_a_folder_that_is_a_file_is_no_folder(settings, tmp_path):
    (tmp_path / "media").write_text("")
    settings.MEDIA_ROOT = tmp_path / "media"
    assert [sentence.split(" (")[0] for sentence in unready.on_disk(settings)] == ["Không ghi được vào MEDIA_ROOT"]


def test_a_production_configuration_passes_every_check_but_the_known_one(settings):
    status, said = start(
        "manage.py", "check", "--deploy", "--fail-level", "WARNING", HTTPS="1", TRUSTED_PROXIES="10.0.0.2"
    )
    assert status == 0, said
    assert "(1 silenced)" in said
    assert settings.SILENCED_SYSTEM_CHECKS == ["ckeditor.W001"]


def test_psycopg2_is_the_driver_in_use():
    """Django would take psycopg 3 where it is installed; the limits of waiting are written for 2."""
    assert [error.id for error in checks.run_checks() if error.id.startswith("portal.")] == []
    call_command("check", verbosity=0)


def test_cookies_belong_to_this_host_alone_where_the_portal_is_served_by_https():
    for https, names in (("0", "sessionid csrftoken"), ("1", "__Host-sessionid __Host-csrftoken")):
        status, said = start("-c", "from django.conf import settings as s; print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME)",
                             HTTPS=https, DJANGO_SETTINGS_MODULE="portal.settings")  # fmt: skip
        assert (status, said.strip()) == (0, names)


def test_the_second_step_is_required_where_the_portal_is_served_by_https():
    for https, required in (("0", "False"), ("1", "True")):
        status, said = start("-c", "from portal import settings; print(settings.TOTP_REQUIRED)", HTTPS=https)
        assert (status, said.strip()) == (0, required)

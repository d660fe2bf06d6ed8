"""`make run` and manage.py: what a person reads when something is in the way, and the steps that prepare the portal."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from urllib.parse import urlsplit

import psycopg2
import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command

from portal import deploying
from portal.embedded import PROJECT
from portal.management.commands import runportal

UNREACHABLE = "postgres://somebody:a-secret@127.0.0.1:1/portal"


def manage(*arguments, **environment):
    """manage.py in a process of its own: (exit code, standard error)."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stderr


@pytest.fixture
def taken_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    return port


@pytest.fixture
def own_database():
    """The URL of an empty database on the tests' server."""
    server = os.environ["DATABASE_URL"].replace("postgres://", "postgresql://")
    connection = psycopg2.connect(server)
    connection.autocommit = True
    name = f"run_command_{os.getpid()}"
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
        cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
    connection.close()


class Running:
    """`manage.py runportal` in a process of its own, up to its announcement; ended as by `kill`."""

    def __init__(self, **environment):
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "runportal"],
            cwd=PROJECT,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.announced = ""
        for line in self.process.stdout:
            self.announced += line
            if "Ctrl+C" in line:
                break

    def end(self):
        self.process.terminate()
        rest, errors = self.process.communicate(timeout=30)
        return self.process.returncode, rest.splitlines()[-1:], errors


def answer(address, seconds=20):
    """Status of `address`; the server's processes may need a moment."""
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(address, timeout=seconds) as response:
                return response.status
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > end:
                raise
            time.sleep(0.05)


# --- The whole way -----------------------------------------------------------------------------------------------


def test_the_first_run_prepares_and_serves_and_the_second_keeps_everything(own_database, free_port):
    environment = {"DATABASE_URL": own_database, "PORT": str(free_port), "ADMIN_PASSWORD": ""}
    first = Running(**environment)
    assert "(mới tạo, chỉ hiện lần này)" in first.announced
    assert f"http://127.0.0.1:{free_port}/quan-tri/" in first.announced
    assert answer(f"http://127.0.0.1:{free_port}/") == 200
    assert manage("runportal", **environment)[1].startswith(f"Cổng {free_port} đang có chương trình khác dùng.")
    assert first.end() == (0, ["Đã dừng."], "")

    second = Running(**environment)
    assert "như cũ" in second.announced
    assert "mẫu" not in second.announced  # the demo is not loaded twice
    assert answer(f"http://127.0.0.1:{free_port}/readyz") == 200
    assert second.end() == (0, ["Đã dừng."], "")


# --- One sentence, not a trace -----------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["runportal", "runserver", "migrate", "test"])
def test_an_unreachable_database_is_one_sentence_without_the_password(command):
    code, said = manage(command, DATABASE_URL=UNREACHABLE)
    assert code == 1
    assert said.startswith("DATABASE_URL: không kết nối được cơ sở dữ liệu portal — ")
    assert said.count("\n") == 1
    assert "a-secret" not in said


@pytest.mark.parametrize("url", ["hello", "mysql://a:a-secret@b/c", "postgres://a:a-secret@b:port/c"])
def test_a_wrong_database_url_is_one_sentence(url):
    code, said = manage("migrate", DATABASE_URL=url)
    assert (code, said.count("\n"), "a-secret" in said) == (1, 1, False)
    assert said.startswith("DATABASE_URL ")


def test_a_taken_port_is_one_sentence_before_anything_is_prepared(taken_port):
    code, said = manage("runportal", PORT=str(taken_port))
    assert code == 1
    assert said == f"Cổng {taken_port} đang có chương trình khác dùng. Chọn cổng khác: PORT={taken_port + 1} make run\n"


def test_missing_settings_are_one_sentence():
    code, said = manage("check", DEBUG="0", SECRET_KEY="", ALLOWED_HOSTS="")
    assert (code, said) == (
        1,
        "Thiếu SECRET_KEY: 50 ký tự ngẫu nhiên, cách tạo ở .env.example. "
        "Thiếu ALLOWED_HOSTS: các tên miền của cổng, cách nhau bằng dấu phẩy.\n",
    )


def test_without_the_packages_manage_says_how_to_get_them():
    done = subprocess.run(
        [sys.executable, "-S", "-E", "manage.py", "migrate"], cwd=PROJECT, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "make run" in done.stderr


def test_the_trace_is_there_for_who_asks():
    code, said = manage("check", "--traceback", DEBUG="0", SECRET_KEY="", ALLOWED_HOSTS="")
    assert code == 1
    assert "Traceback" in said


@pytest.mark.parametrize(
    "arguments", [["help"], ["version"], ["check"], ["migrate", "--help"], ["findstatic", "--help"]]
)
def test_commands_without_data_need_no_database(arguments):
    assert manage(*arguments, DATABASE_URL="") == (0, "")


@pytest.mark.parametrize(
    ("name", "text"), [("PORT", "abc"), ("PORT", "0"), ("PORT", "65536"), ("PORT", "²"), ("WORKERS", "0")]
)
def test_a_senseless_number_is_refused_by_name(name, text, monkeypatch):
    monkeypatch.setenv(name, text)
    with pytest.raises(SystemExit, match=f"^{name} phải là một số"):
        call_command("runportal")


def test_an_unknown_host_is_refused_by_name():
    with pytest.raises(SystemExit, match="biến HOST"):
        runportal.refuse_taken_port("999.999.0.1", 8000)


def test_a_free_port_is_not_refused(free_port):
    runportal.refuse_taken_port("127.0.0.1", free_port)


# --- The steps ---------------------------------------------------------------------------------------------------


def opens(password):
    return get_user_model().objects.get(username="admin").check_password(password)


def test_the_generated_password_opens_the_admin_and_is_told_once(db):
    password = runportal.administrator_password("").split()[0]
    assert opens(password) and get_user_model().objects.get().is_superuser
    assert password not in runportal.administrator_password("")
    assert opens(password)


def test_a_chosen_password_is_set_on_the_first_and_on_a_later_run_and_never_printed(db):
    for chosen in ("first choice", "second choice"):
        assert chosen not in runportal.administrator_password(chosen)
        assert opens(chosen)
    assert get_user_model().objects.count() == 1


def test_the_same_chosen_password_keeps_people_logged_in(db):
    runportal.administrator_password("chosen")
    before = get_user_model().objects.get().password
    runportal.administrator_password("chosen")
    assert get_user_model().objects.get().password == before


def test_a_database_that_is_up_to_date_says_nothing(db):
    told = []
    deploying.migrate(told.append)
    assert told == []


def test_static_files_are_collected_again_when_one_is_newer_than_the_list(settings, tmp_path):
    source, collected = tmp_path / "source", tmp_path / "collected"
    source.mkdir()
    collected.mkdir()
    (source / "site.css").write_text("body {}")
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATICFILES_DIRS = [source]
    settings.STATIC_ROOT = collected
    assert not deploying.static_is_collected()
    (collected / "staticfiles.json").write_text("{}")
    os.utime(source / "site.css", (1, 1))
    assert deploying.static_is_collected()
    os.utime(source / "site.css", (2e9, 2e9))
    assert not deploying.static_is_collected()

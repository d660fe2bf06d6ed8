"""The edge: what is refused before anything behind looks at it, and what a stranger cannot make the server write or believe."""

import io
import json
import logging
import logging.config

import pytest
from django.conf import settings as configured
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from portal import wsgi
from portal.lib import uploads
from portal.middleware import CleanInput, length_of
from tests.factories import make_poll, make_profile

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "PROPFIND", "X" * 300])
@pytest.mark.parametrize("path", ["/", "/quan-tri/", "/khong-co/", "/static/css/base.css", "/%00"])
def test_only_three_methods_are_known_anywhere(reader, method, path):
    answer = reader.generic(method, path)
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, POST")


@pytest.mark.parametrize(
    ("path", "bytes_", "status"),
    [("/", 100_001, 413), ("/binh-chon/1/", 10**12, 413), ("/quan-tri/login/", uploads.MAX_REQUEST + 1, 413),
     ("/quan-tri/news/article/add/", 10**30, 413), ("/", "abc", 405), ("/", "-1", 405), ("/", "１", 405), ("/", 100_000, 405)],
)  # fmt: skip
def test_a_body_that_is_too_long_is_refused_unread(reader, path, bytes_, status, monkeypatch):
    monkeypatch.setattr("django.test.client.FakePayload.read", lambda *_: pytest.fail("the body was read"))
    answer = reader.post(path, CONTENT_LENGTH=str(bytes_), content_type="text/plain")
    assert answer.status_code == status
    if status == 413:
        assert "Gửi lên quá nhiều" in answer.content.decode()


def test_a_text_longer_than_a_form_may_bring_is_told_so(client, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = client.post("/quan-tri/login/", {"username": "a" * 2000})
    assert (answer.status_code, "phần chữ 5 MB" in answer.content.decode()) == (413, True)


@pytest.mark.parametrize("path", ["/", "/quan-tri/login/", "/quan-tri/news/article/add/"])
def test_files_of_strangers_are_never_written(path, monkeypatch):
    make_profile()
    for handler in ("OnDisk", "TemporaryFileUploadHandler"):
        monkeypatch.setattr(uploads, handler, None)
    monkeypatch.setattr(
        "django.core.files.uploadedfile.TemporaryUploadedFile.__init__", lambda *_: pytest.fail("written")
    )
    strict = Client(enforce_csrf_checks=True)
    size = 90_000 if path == "/" else 3_000_000
    answer = strict.post(path, {"a": "b", "file": SimpleUploadedFile("a.png", bytes(size))})
    assert answer.status_code in {200, 302, 403}


@pytest.mark.parametrize(
    ("peer", "is_believed"),
    [("10.0.0.2", True), ("::ffff:10.0.0.2", True), ("203.0.113.9", False), ("", False), ("nonsense", False)],
)
def test_the_scheme_is_believed_only_from_a_trusted_proxy(settings, monkeypatch, peer, is_believed):
    settings.TRUSTED_PROXIES, asked = ["10.0.0.2"], []
    monkeypatch.setattr(wsgi, "django_application", lambda environ, _: asked.append(environ) or [])
    wsgi.application({"REMOTE_ADDR": peer, "HTTP_X_FORWARDED_PROTO": "https"}, None)
    assert ("HTTP_X_FORWARDED_PROTO" in asked[0]) is is_believed


def test_the_edge_knows_numbers_only():
    given = {"": 0, "5": 5, "-5": 0, "5.0": 0, "٣": 0, "9" * 5000: int("9" * 20)}
    assert {text: length_of({"CONTENT_LENGTH": text}) for text in given} == given
    assert CleanInput.LONGEST_BALLOT < uploads.MAX_REQUEST


# --- Logs -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def logged():
    """Function: the lines that the handler of production writes for a call."""

    def lines(call):
        handlers = configured.LOGGING["formatters"]["json"]
        formatter = logging.config.BaseConfigurator({}).resolve(handlers["()"])(
            handlers["fmt"], style=handlers["style"], reserved_attrs=handlers["reserved_attrs"]
        )
        out = io.StringIO()
        handler = logging.StreamHandler(out)
        handler.setFormatter(formatter)
        logger = logging.getLogger("django.request")
        logger.addHandler(handler)
        try:
            call()
        finally:
            logger.removeHandler(handler)
        return out.getvalue().split("\n")[:-1]

    return lines


@pytest.mark.parametrize(
    "path", ["/a%0d%0a2026-01-01%20CRITICAL%20forged/", "/%1b%5b2J/", "/a%e2%80%a8b/", "/a%e2%80%aeb/"]
)
def test_a_line_of_the_log_stays_one_line_and_is_ascii(reader, logged, path):
    answers = []
    lines = logged(lambda: answers.append(reader.get(path)))
    assert len(lines) == 1, (answers[0], answers[0].headers)
    assert lines[0].isascii() and lines[0].isprintable()
    told = json.loads(lines[0])
    assert (told["levelname"], told["name"]) == ("WARNING", "django.request")


def test_the_log_holds_neither_the_choice_of_a_reader_nor_his_address(reader, logged):
    poll = make_poll()
    lines = logged(lambda: reader.get(f"/binh-chon/{poll.pk + 1}/?option=77&q=benh-hiem", REMOTE_ADDR="203.0.113.77"))
    assert len(lines) == 1
    assert not any(word in lines[0] for word in ("option", "benh-hiem", "203.0.113"))
    assert set(json.loads(lines[0])) == {"asctime", "levelname", "name", "message", "status_code"}


def test_a_fault_is_one_line_with_its_trace(logged):
    def fail():
        try:
            raise RuntimeError("một\nhai")
        except RuntimeError:
            logging.getLogger("django.request").exception("hỏng\r\nnặng")

    (line,) = logged(fail)
    assert "RuntimeError" in json.loads(line)["exc_info"]


def test_made_up_hosts_and_typed_names_leave_no_line(capfd):
    User.objects.create_user("lan", password="mat-khau-rat-dai")
    Client(headers={"host": "evil.example"}).get("/")
    Client().post("/quan-tri/login/", {"username": "day-la-mat-khau", "password": "x"})
    said = "".join(capfd.readouterr())
    assert ("evil.example" in said, "day-la-mat-khau" in said) == (False, False)

"""Somebody at the desk, for the failure scripts: signed in, with the tokens of its forms."""

import http.client
import re
import subprocess
import sys
import uuid
from urllib.parse import urlencode

from tests.failures.rig import ROOT

PERSON = """
from importlib import import_module
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
person = User.objects.filter(username="do-thu").first() or User.objects.create_superuser("do-thu")
session = import_module(settings.SESSION_ENGINE).SessionStore()
session[SESSION_KEY], session[HASH_SESSION_KEY] = str(person.pk), person.get_session_auth_hash()
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
session.save()
print(session.session_key, settings.SESSION_COOKIE_NAME)
"""


class Staff:
    """`get` and `post` answer (status, text)."""

    def __init__(self, environment, port):
        self.port = port
        command = [sys.executable, "manage.py", "shell", "-v0", "-c", PERSON]
        done = subprocess.run(command, cwd=ROOT, env={"PATH": "", **environment}, capture_output=True, text=True)
        key, name = done.stdout.split()
        self.cookies = {name: key}

    def _ask(self, method, path, body=None, kind=""):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        origin = f"http://127.0.0.1:{self.port}"
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"Cookie": cookies, "Referer": f"{origin}{path}", "Origin": origin} | (
            {"Content-Type": kind} if kind else {}
        )
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.read().decode("utf-8", "replace")

    def get(self, path):
        return self._ask("GET", path)

    def post(self, path, fields, files=None, form=None):
        """Sends a form that stands at `form` (default: the page to write an article)."""
        page = self.get(form or "/quan-tri/news/article/add/")[1]
        fields = {"csrfmiddlewaretoken": re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1], **fields}
        if not files:
            return self._ask("POST", path, urlencode(fields), "application/x-www-form-urlencoded")
        edge = uuid.uuid4().hex
        parts = [f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
                 for name, value in fields.items()]  # fmt: skip
        for name, (file, content) in files.items():
            head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n'
            parts.append(f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + content + b"\r\n")
        return self._ask(
            "POST", path, b"".join([*parts, f"--{edge}--\r\n".encode()]), f"multipart/form-data; boundary={edge}"
        )

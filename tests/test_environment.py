""".env.example is the reference of all variables: what the code reads stands there, with its default, and nothing else."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
READERS = [
    "portal/settings.py",
    "portal/unready.py",
    "portal/serving.py",
    "portal/embedded.py",
    "portal/management/commands/runportal.py",
]
# Not settings of the portal: the system's own, and what Django is told by manage.py.
FOREIGN = {"DJANGO_SETTINGS_MODULE", "RUN_MAIN"}


def read_by_code():
    """{name: its default as text, or None where the default is no constant} of every variable."""
    found = {}
    for file in READERS:
        for node in ast.walk(ast.parse((ROOT / file).read_text())):
            if isinstance(node, ast.Call) and node.args and is_reading(ast.unparse(node.func)):
                name = node.args[0]
                if isinstance(name, ast.Constant) and re.fullmatch(r"[A-Z][A-Z0-9_]+", str(name.value)):
                    default = next((word.value for word in node.keywords if word.arg == "default"), None)
                    is_plain = isinstance(default, ast.Constant)
                    found.setdefault(name.value, str(default.value) if is_plain else None)
    return {name: default for name, default in found.items() if name not in FOREIGN}


def is_reading(function):
    return function in {"env", "environment", "given", "os.environ.get"} or re.fullmatch(r"env\.\w+", function)


def documented():
    """{name: value that stands there}; a commented line documents, too."""
    text = (ROOT / ".env.example").read_text()
    lines = re.findall(r"^(?:# )?([A-Z][A-Z0-9_]+)=(\S*(?: \S+)*?)[ \t]*(?:#.*)?$", text, re.M)
    return dict(lines) | dict(
        re.findall(r"\b([A-Z][A-Z0-9_]+)=(\S*)", next(t for t in text.splitlines() if "PORT=8000" in t))
    )


def test_every_variable_that_is_read_is_documented_and_no_other():
    assert set(documented()) == set(read_by_code())


@pytest.mark.parametrize("name", sorted(name for name, default in read_by_code().items() if default not in {None, ""}))
def test_the_default_that_is_documented_is_the_one_in_the_code(name):
    said = {"True": "1", "False": "0"}.get(read_by_code()[name], read_by_code()[name])
    assert documented()[name] in {said, ""}

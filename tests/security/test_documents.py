"""What the security documents say is so."""

import ast
import re
from pathlib import Path

import pytest

from bench import dependencies

ROOT = Path(__file__).resolve().parents[2]


DOCUMENTS = ("SECURITY.md", "docs/threats.md", "docs/asvs.md")


def test_every_test_that_the_threats_name_exists():
    told = "".join((ROOT / document).read_text() for document in DOCUMENTS)
    named = set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", told))
    assert len(named) > 100
    functions = {
        file: {node.name for node in ast.parse((ROOT / file).read_text()).body if isinstance(node, ast.FunctionDef)}
        for file in {file for file, _ in named}
    }
    assert [one for one in sorted(named) if one[1] not in functions[one[0]]] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_file_that_the_promises_name_exists(document):
    named = re.findall(r"`([\w/.]+(?:\.py|\.conf|/))`", (ROOT / document).read_text())
    assert [name for name in named if not (ROOT / name).exists() and not name.startswith("/")] == []
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_list_of_dependencies_is_true():
    """Made by `python bench/dependencies.py > docs/dependencies.md`."""
    assert (ROOT / "docs/dependencies.md").read_text() == dependencies.document()


def test_every_requirement_is_pinned_with_its_reason():
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = [line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith(("#", "-r"))]
        assert [line for line in lines if not re.fullmatch(r"[\w.\[\]-]+==[\w.]+ +# .+", line)] == []

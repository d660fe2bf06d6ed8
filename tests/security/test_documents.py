"""What the security documents say is so."""

import ast
import re
from pathlib import Path

from bench import dependencies

ROOT = Path(__file__).resolve().parents[2]


def test_every_test_that_the_threats_name_exists():
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", (ROOT / "docs/threats.md").read_text())
    assert len(named) > 25
    for file, function in named:
        tree = ast.parse((ROOT / file).read_text())
        assert function in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}, f"{file}::{function}"


def test_every_file_that_the_promises_name_exists():
    named = re.findall(r"`([\w/]+(?:\.py|/))`", (ROOT / "SECURITY.md").read_text())
    assert len(named) > 5
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_the_list_of_dependencies_is_true():
    """Made by `python bench/dependencies.py > docs/dependencies.md`."""
    assert (ROOT / "docs/dependencies.md").read_text() == dependencies.document()


def test_every_requirement_is_pinned_with_its_reason():
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = [line for line in (ROOT / name).read_text().splitlines() if line and not line.startswith(("#", "-r"))]
        assert [line for line in lines if not re.fullmatch(r"[\w.\[\]-]+==[\w.]+ +# .+", line)] == []

"""The house rules that a program can check: who imports whom, how long a thing may be, what stands nowhere."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("portal", "news", "hotlines", "polls", "stats")
MAY_IMPORT = {
    "portal.lib": set(),
    "stats": {"portal.lib"},
    "polls": {"portal.lib"},
    "hotlines": {"portal.lib"},
    "news": {"portal.lib", "hotlines", "stats"},
    "portal": {"portal.lib", "news", "hotlines", "polls", "stats"},
}
FUNCTION_LINES, FILE_LINES, TEMPLATE_LINES, BASE_BLOCKS = 40, 400, 150, 8


def files(ending, *folders):
    return sorted(path for folder in folders for path in (ROOT / folder).rglob(f"*{ending}"))


SOURCES = [path for path in files(".py", *APPS) if "migrations" not in path.parts]
TEMPLATES = files(".html", "templates")


def room(dotted):
    """The room of a dotted module name: "portal.lib.text" -> "portal.lib", "news.models" -> "news"; None if not ours."""
    if dotted == "portal.lib" or dotted.startswith("portal.lib."):
        return "portal.lib"
    top = dotted.partition(".")[0]
    return top if top in APPS else None


read = cache(Path.read_text)


@cache
def nodes(path):
    return list(ast.walk(ast.parse(read(path))))


@pytest.fixture(scope="module", autouse=True)
def forget_nodes():
    """Hundreds of thousands: the garbage collector would walk over them during all later tests."""
    yield
    nodes.cache_clear()


def module_name(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path):
    """(line, dotted name) of everything that `path` imports."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def functions(path):
    return [node for node in nodes(path) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def length(function):
    return (function.end_lineno or function.lineno) - function.lineno + 1


def test_the_check_sees_the_project():
    assert len(SOURCES) > 50
    assert len(TEMPLATES) > 20


def test_a_room_imports_only_the_rooms_below_it():
    wrong = [
        f"{module_name(path)}, line {line}: {name}"
        for path in SOURCES
        for line, name in imports(path)
        if room(name) and room(name) not in MAY_IMPORT[room(module_name(path))] | {room(module_name(path))}
    ]
    assert wrong == []


def test_modules_import_each_other_in_no_circle():
    names = {module_name(path): path for path in SOURCES}
    below = {
        name: {
            target
            for _, dotted in imports(path)
            for target in (dotted, dotted.rpartition(".")[0])
            if target in names and target != name and names[target].name != "__init__.py"
        }
        for name, path in names.items()
    }
    while leaves := {name for name, targets in below.items() if not targets}:
        below = {name: targets - leaves for name, targets in below.items() if name not in leaves}
    assert below == {}


def test_nothing_is_imported_inside_a_function():
    hidden = [
        f"{module_name(path)}, line {node.lineno}"
        for path in SOURCES
        for function in functions(path)
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_lengths():
    assert {module_name(path): n for path in SOURCES if (n := len(read(path).splitlines())) > FILE_LINES} == {}
    every = [(f"{module_name(path)}.{f.name}", length(f)) for path in SOURCES for f in functions(path)]
    assert [named for named in every if named[1] > FUNCTION_LINES] == []


def test_most_functions_are_short():
    lengths = sorted(length(f) for path in SOURCES for f in functions(path))
    assert lengths[int(len(lengths) * 0.95)] <= 25
    assert lengths[len(lengths) // 2] <= 7


def test_safe_is_said_in_one_place():
    assert [module_name(path) for path in SOURCES if "mark_safe" in read(path)] == ["portal.lib.html"]


def test_templates_are_short_and_hold_no_script_style_or_unescaped_text():
    forbidden = (
        r"\|\s*safe\b",
        r"autoescape off",
        r"\sstyle\s*=",
        r"<style\b",
        r"\son\w+\s*=\s*[\"']",
        r"javascript:",
        r"<script(?![^>]*\bsrc=)[^>]*>",
    )
    names = {str(path.relative_to(ROOT / "templates")): read(path) for path in TEMPLATES}
    assert {name: n for name, source in names.items() if (n := len(source.splitlines())) > TEMPLATE_LINES} == {}
    assert [(name, what) for name, source in names.items() for what in forbidden if re.search(what, source)] == []


def test_base_has_few_blocks_and_templates_inherit_two_levels_at_most():
    assert len(re.findall(r"{% block ", (ROOT / "templates/base.html").read_text())) <= BASE_BLOCKS
    parents = {}
    for path in TEMPLATES:
        found = re.search(r"{% extends [\"']([^\"']+)[\"']", path.read_text())
        parents[str(path.relative_to(ROOT / "templates"))] = found and found[1]
    too_deep = [name for name, parent in parents.items() if parent and parents.get(parents.get(parent) or "")]
    assert too_deep == []


def test_forbidden_drawers_do_not_exist():
    drawers = {"utils.py", "helpers.py", "common.py", "signals.py", "context_processors.py"}
    assert [path for path in SOURCES if path.name in drawers] == []

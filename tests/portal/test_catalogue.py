"""The Vietnamese catalogue: nothing is missing, nothing is empty, and what is compiled is what was written."""

import ast
import gettext
import re
from pathlib import Path

import pytest
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / "portal/locale/vi/LC_MESSAGES"
APPS = ("portal", "news", "hotlines", "polls", "stats")
# Name of the function -> what its first arguments are: context, message, plural.
CALLS = {"_": "m", "gettext": "m", "gettext_lazy": "m", "gettext_noop": "m", "ngettext": "mp", "ngettext_lazy": "mp",
         "pgettext": "cm", "pgettext_lazy": "cm", "npgettext": "cmp", "npgettext_lazy": "cmp"}  # fmt: skip


def entries(path):
    """Each entry of a .po file as {"msgid": …, "msgstr": …, "msgctxt", "msgid_plural", "msgstr[0]", "flags"}."""
    for block in re.split(r"\n\s*\n", path.read_text()):
        entry, key = {"flags": " ".join(re.findall(r"^#,(.*)", block, re.MULTILINE))}, None
        for line in block.splitlines():
            if found := re.match(r'(msg\w+(?:\[\d\])?) (".*")$', line):
                key = found[1]
                entry[key] = ast.literal_eval(found[2])
            elif line.startswith('"'):
                entry[key] += ast.literal_eval(line)
        if entry.get("msgid"):
            yield entry


def translation(entry):
    return entry.get("msgstr", entry.get("msgstr[0]", ""))


def called(node):
    """(context, message) of a gettext call with literal arguments, else None."""
    name = getattr(node.func, "id", getattr(node.func, "attr", None))
    texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
    kinds = CALLS.get(name)
    if not kinds or len(texts) < len(kinds) or not all(isinstance(text, str) for text in texts[: len(kinds)]):
        return None
    found = dict(zip(kinds, texts, strict=False))
    return found.get("c"), found["m"]


def in_python(source):
    calls = [called(node) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return {call for call in calls if call}


def in_template(source):
    """Django's own `templatize` turns the tags into calls among filling; each call is cut out where it is whole."""
    filled = templatize(source)
    found = set()
    for start in re.finditer(r"(?<!\w)(?:n?p?gettext|_)\(", filled):
        for end in re.finditer(r"\)", filled[start.start() :]):
            try:
                call = ast.parse(filled[start.start() : start.start() + end.end()], mode="eval").body
            except SyntaxError:
                continue
            found.add(called(call))
            break
    return found - {None}


def asked_for():
    """{(context, message): a file that asks for it} of the whole project."""
    asked = {}
    for path in (path for app in APPS for path in sorted((ROOT / app).rglob("*.py"))):
        asked |= dict.fromkeys(in_python(path.read_text()), path.name)
    for path in sorted((ROOT / "templates").rglob("*.*")):
        if path.suffix in {".html", ".txt", ".xml"}:
            asked |= dict.fromkeys(in_template(path.read_text()), path.name)
    return asked


def test_the_search_for_messages_finds_them():
    assert in_python('_("Poll")\nngettext("a", "b", 2)\npgettext("c", "d")\n_(name)') == {
        (None, "Poll"),
        (None, "a"),
        ("c", "d"),
    }
    template = """{% translate "Poll" %}{% translate "N" context "north" %}
        {% blocktranslate count n=2 %}{{ n }} one{% plural %}{{ n }} many{% endblocktranslate %}{{ _("(x)") }}"""
    assert in_template(template) == {(None, "Poll"), ("north", "N"), (None, "%(n)s one"), (None, "(x)")}
    assert len(asked_for()) > 300


def test_every_message_of_the_project_is_in_the_catalogue():
    known = {(entry.get("msgctxt"), entry["msgid"]) for entry in entries(FOLDER / "django.po")}
    assert {message: file for message, file in asked_for().items() if message not in known} == {}


@pytest.mark.parametrize("name", ["django", "djangojs"])
def test_no_translation_is_empty_or_doubtful_or_loses_a_placeholder(name):
    written = list(entries(FOLDER / f"{name}.po"))
    assert written
    assert [entry["msgid"] for entry in written if not translation(entry).strip() or "fuzzy" in entry["flags"]] == []
    holes = re.compile(r"%\(\w+\)[sdr]|%[sd]|\{\w*\}")
    lost = [e["msgid"] for e in written if set(holes.findall(translation(e))) - set(holes.findall(e["msgid"]))
            or set(holes.findall(e["msgid"])) - set(holes.findall(translation(e)))]  # fmt: skip
    assert lost == []


@pytest.mark.parametrize("name", ["django", "djangojs"])
def test_the_compiled_catalogue_says_what_the_written_one_says(name):
    with (FOLDER / f"{name}.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    written = list(entries(FOLDER / f"{name}.po"))
    for entry in written:
        context, message, plural = (entry.get(key) for key in ("msgctxt", "msgid", "msgid_plural"))
        if plural:
            spoken = (
                compiled.npgettext(context, message, plural, 5) if context else compiled.ngettext(message, plural, 5)
            )
        else:
            spoken = compiled.pgettext(context, message) if context else compiled.gettext(message)
        assert spoken == translation(entry)
    assert len(set(map(str, compiled._catalog)) - {""}) == len(written)


def test_the_catalogue_tells_its_language_and_that_vietnamese_has_no_plural():
    for name in ("django", "djangojs"):
        with (FOLDER / f"{name}.mo").open("rb") as file:
            head = gettext.GNUTranslations(file).info()
        assert (head["language"], head["plural-forms"]) == ("vi", "nplurals=1; plural=0;")

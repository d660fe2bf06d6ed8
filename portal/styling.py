"""The page of styles at the desk: every part of the public pages in every state, with samples that stand nowhere else."""

import json
import re
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from news.models import Article, Category, Picture
from portal.lib.labels import uncached, uncounted
from portal.models import Alert, SiteProfile

SAMPLES = Path(__file__).parent / "samples.json"
TOKENS = ("static/css/tokens.css", "static/css/accents.css")
# What is written on what: each pair holds 4.5 to 1 in every scheme.
PAIRS = (
    *(("ink", paper) for paper in ("paper", "paper-warm", "paper-tint", "mark")),
    *(("ink-soft", paper) for paper in ("paper", "paper-warm", "paper-tint")),
    *(("brand-ink", paper) for paper in ("paper", "paper-warm", "paper-tint")),
    *(("on-brand", "brand"), ("on-brand-soft", "brand"), ("accent-bright", "brand"), ("on-brand-soft", "brand-deep")),
    *(("accent-bright", "brand-deep"), ("foot-ink", "foot"), ("accent-bright", "foot")),
    *((kind, f"{kind}-paper") for kind in ("info", "warning", "danger", "good")),
)
_BLOCK = re.compile(
    r"^(?P<indent> *):root(?:(?::where\()?\[data-(?:dress|accent)=\"(?P<dress>\w+)\"\]\)?|:has\(#(?P<choice>contrast):checked\))?"
    r" \{(?P<body>[^}]*)\}",
    re.MULTILINE,
)
_TOKEN = re.compile(r"--([\w-]+):\s*(#[0-9a-f]{3}(?:[0-9a-f]{3})?)\b")


@require_safe
def page(request: HttpRequest, site: Any) -> HttpResponse:
    samples = json.loads(SAMPLES.read_text("utf-8"))
    asked = request.GET.get("dress", "")
    context = {
        "dress": asked if asked in SiteProfile.Dress.values else "",
        "dresses": SiteProfile.Dress.choices,
        "schemes": [(name, contrasts(tokens)) for name, tokens in schemes().items()],
        "alerts": [Alert(**row) for row in samples["alerts"]],
        "cards": [article(**row) for row in samples["articles"]],
        "pages": Paginator(range(200), 10).page(7),
        "banners": [banner(row) for row in samples["banners"]],
        "tally": tally(samples["answers"]),
        "poll": {"max_choices": 1, "results_shown": "always"},
        "prose": article(**samples["article"]),
        "files": [SimpleNamespace(**row) for row in samples["files"]],
    }
    return uncached(uncounted(render(request, "admin/style.html", context)))


def article(category: str, cover: bool = False, **fields: Any) -> Article:
    """A sample that no table holds."""
    shown = Picture.objects.filter(covers__isnull=False).first() if cover else None
    at = timezone.now() - timedelta(hours=2)
    own = Category(name=category, slug="mau")
    return Article(pk=0, category=own, cover=shown, published_at=at, updated_at=at, **fields)


def banner(row: dict[str, str]) -> SimpleNamespace:
    return SimpleNamespace(image={"url": static("img/map.svg")}, width=320, height=150, link="/", **row)


def tally(answers: list[list[Any]]) -> SimpleNamespace:
    lines = [
        {"option": {"text": text}, "votes": votes, "share": share, "tenths": share * 10}
        for text, votes, share in answers
    ]
    return SimpleNamespace(lines=lines, voters=sum(line["votes"] for line in lines), aside=0, rejected=0)


def schemes() -> dict[str, dict[str, str]]:
    """{what the scheme is called: {token: its colour}}, as the sheet says."""
    dresses = dict(SiteProfile.Accent.choices) | {
        "": _("light"),
        "tet": _("Tết"),
        "mourning": _("mourning"),
        "contrast": _("high contrast"),
    }
    said: dict[tuple[str, bool], dict[str, str]] = {}
    found: dict[tuple[str, bool], dict[str, str]] = {}
    for block in _BLOCK.finditer("\n".join((Path(settings.BASE_DIR) / name).read_text("utf-8") for name in TOKENS)):
        dress, is_dark = (
            block["dress"] or block["choice"] or "",
            bool(block["indent"]),
        )  # indented: in the media of the night
        if own := dict(_TOKEN.findall(block["body"])):
            said[dress, is_dark] = own
            above = [("", False), *[("", True)] * is_dark, *[(dress, False)] * bool(dress)]
            found[dress, is_dark] = {
                key: colour for level in above for key, colour in said.get(level, {}).items()
            } | own
    return {
        _("dark")
        if not dress and is_dark
        else f"{dresses.get(dress, dress)}{', ' + _('dark') if is_dark else ''}": tokens
        for (dress, is_dark), tokens in found.items()
    }


def contrasts(tokens: dict[str, str]) -> list[tuple[str, str, float]]:
    """(what is written, on what, contrast) of each pair."""
    return [(ink, paper, contrast(tokens[ink], tokens[paper])) for ink, paper in PAIRS]


def contrast(one: str, other: str) -> float:
    """As WCAG 2 measures it."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return round((lighter + 0.05) / (darker + 0.05), 2)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[start:end], 16) / 255 for start, end in pairwise((0, 2, 4, 6))]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue

"""Every colour that an authority may choose can be read: 4.5 to 1 for all pairs that carry text, by day and by night."""

import re
from pathlib import Path

import pytest

from portal.models import SiteProfile

FOLDER = Path(__file__).resolve().parent.parent / "static/css"
SHEETS = [(FOLDER / name).read_text() for name in ("tokens.css", "accents.css")]
PAIRS = [
    ("on-brand", "brand"), ("on-brand", "brand-deep"), ("on-brand-soft", "brand"), ("brand-ink", "paper"),
    ("brand-ink", "paper-tint"), ("brand-ink", "paper-warm"), ("ink-soft", "paper-tint"), ("ink-soft", "paper-warm"),
    ("foot-ink", "foot"),
]  # fmt: skip


def tokens(accent, *, is_dark):
    """{token: colour} where <html> wears `accent`."""
    day, night = {}, {}
    for sheet in SHEETS:
        for block in re.finditer(r"^ *(:root(?::where\(\[data-accent=\"\w+\"\]\))?) \{([^}]*)\}", sheet, re.M):
            before = sheet[: block.start()]
            place = night if before.rfind("prefers-color-scheme: dark") > before.rfind("\n}\n") else day
            place.setdefault(block[1], {}).update(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{3,6})\b", block[2]))
    selectors = [":root", f':root:where([data-accent="{accent}"])'] if accent else [":root"]
    found = {}
    for selector in selectors:
        found |= day.get(selector, {}) | (night.get(selector, {}) if is_dark else {})
    return found


def luminance(colour):
    digits = colour.lstrip("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("accent", SiteProfile.Accent.values)
@pytest.mark.parametrize("is_dark", [False, True], ids=["day", "night"])
def test_every_pair_can_be_read(accent, is_dark):
    found = tokens(accent, is_dark=is_dark)
    if accent:
        assert found["brand"] != tokens("", is_dark=is_dark)["brand"]
    pairs = {(ink, paper): round(contrast(found[ink], found[paper]), 2) for ink, paper in PAIRS}
    assert {pair: ratio for pair, ratio in pairs.items() if ratio < 4.5} == {}

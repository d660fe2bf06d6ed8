"""What the portal's own words suggest: titles while somebody types, and “ý bạn là” for a question that finds nothing.

Both live in this process' memory for one state of the content and are read when the first question needs them; a
keystroke costs the database nothing.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import nlargest
from itertools import pairwise
from math import log
from typing import NamedTuple

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from hotlines.models import Office
from news.models import Article, Category
from portal import ownpages, searching
from portal.lib import html, languages, lexemes, pagecache, text
from portal.lib.asked import Asked, expression, said_otherwise
from portal.models import Page
from portal.templatetags.chrome import profile

TITLES, SHOWN = 3000, 7  # newest articles that are suggested; suggestions at once
TEXTS, WORDS = 200, 120_000  # newest articles whose text teaches words; words in all
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
TRIED = 6  # corrections that the database is asked about
WIDTH = 12  # corrections that are followed up from word to word


KIND_NAMES = {"article": _("News"), "page": _("Page"), "office": _("Office"), "category": _("Category")}


class Title(NamedTuple):
    """Something that can be opened: its title, what it is, where; folded, its names, a line each, and with synonyms in them.

    Whoever asks for just one of its `names` means it; what stands in the table that is searched has none.
    """

    title: str
    kind: str
    url: str
    folded: str
    otherwise: str
    names: frozenset[str] = frozenset()
    note: str = ""

    @property
    def kind_name(self) -> str:
        return KIND_NAMES[self.kind]

    @property
    def language(self) -> str:
        return languages.of_path(self.url)


def titles() -> list[Title]:
    """What can be suggested: the portal's own pages, offices and pages first, then articles, the newest first."""
    return pagecache.shared("titles", lambda: list(_titles()))


def _titles() -> Iterator[Title]:
    yield from _own_pages()
    for office in Office.objects.public().current().only("name", "abbreviation"):
        yield _title("office", office.get_absolute_url(), office.name, office.abbreviation)
    for page in Page.objects.public().only("title", "path"):
        yield _title("page", page.get_absolute_url(), page.title)
    tree = Category.tree()
    for category in tree.values():
        yield _named("category", category.get_absolute_url(), [category.name], category.description)
    rows = Article.objects.public().order_by("-published_at", "-pk").values_list("pk", "title", "category_id")
    for pk, title, category in rows[:TITLES]:
        if category in tree:
            address = reverse("news:article", args=[tree[category].slug, pk, text.slug(title) or "bai-viet"])
            yield _title("article", address, title)


def _own_pages() -> Iterator[Title]:
    """Those that every portal has, and all that are English."""
    spoken = [languages.VIETNAMESE, *[languages.ENGLISH] * bool(profile().name_en)]
    for language in spoken:
        for own in ownpages.ALL:
            if language == languages.VIETNAMESE or own.is_in_english:
                with override(language):
                    yield _named("page", own.url(language), own.called(language), str(own.about))
    with override(languages.ENGLISH):
        for page in Page.objects.public().in_english() if len(spoken) > 1 else ():
            yield _named("page", page.get_absolute_url(), [page.title_en])


def _title(kind: str, url: str, *names: str) -> Title:
    rows = [expression(name)[0] for name in names if name]
    known = searching.known_synonyms()
    otherwise = [other for row in rows for other in said_otherwise(row, known)]
    return Title(names[0], kind, url, *("".join(f"\n {' '.join(row)} " for row in some) for some in (rows, otherwise)))


def _named(kind: str, url: str, names: list[str], note: str = "") -> Title:
    one = _title(kind, url, *names)
    return one._replace(
        names=frozenset(filter(None, map(str.strip, (one.folded + one.otherwise).split("\n")))), note=note
    )


def called(question: Asked) -> list[Title]:
    """What is called just what was asked: pages of the portal's own and categories."""
    return [one for one in titles() if question.key in one.names]


def suggested(query: str) -> list[Title]:
    """Titles that hold every word of `query`, the last perhaps only begun; those that begin with it first.

    What else means the same as words of a title is found from its beginning on: as one types, "ban đ" begins much.
    """
    typed = expression(query)[0][:12]
    if len("".join(typed)) < 2:
        return []
    whole = f" {' '.join(typed)}"
    ways = [
        [*(f" {word} " for word in row[:-1]), f" {row[-1]}"]
        for row in (typed, *said_otherwise(typed, searching.known_synonyms()))
    ]
    matching = [
        one
        for one in titles()
        if whole in one.otherwise or any(all(find in one.folded for find in finds) for finds in ways)
    ]
    spelt = {one: one.folded + one.otherwise for one in matching[:200]}
    return sorted(spelt, key=lambda one: (f"\n{whole}" not in spelt[one], whole not in spelt[one]))[:SHOWN]


@dataclass
class Vocabulary:
    """The words of the portal, folded: how often each stands, alone and after another, and how it is mostly written."""

    alone: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    written: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    together: dict[tuple[str, str], Counter[tuple[str, str]]] = field(default_factory=lambda: defaultdict(Counter))

    def learn(self, told: str) -> int:
        """Learns the words of `told`, which is in NFC; how many there were."""
        row = [(w.folded, told[w.start : w.end].lower()) for w in lexemes.words(told) if w.exact.isalpha()]
        for folded, written in row:
            self.alone[folded] += 1
            self.written[folded][written] += 1
        for (one, as_one), (other, as_other) in pairwise(row):
            self.pairs[one, other] += 1
            self.together[one, other][as_one, as_other] += 1
        return len(row)

    def with_accents(self, row: list[str], typed: dict[str, str]) -> str:
        """The folded words `row` as they were `typed`, if that is a word, or are mostly written beside one another."""
        told = []
        for place, word in enumerate(row):
            if typed.get(word, word) != word and typed[word] in self.written[word]:
                told.append(typed[word])
                continue
            votes: Counter[str] = Counter()
            for start, side in ((place - 1, 1), (place, 0)):
                for written, n in self.together.get(tuple(row[max(start, 0) : start + 2]), {}).items():  # type: ignore[call-overload]
                    votes[written[side]] += n
            told.append((votes or self.written.get(word) or Counter({word: 1})).most_common(1)[0][0])
        return " ".join(told)


def vocabulary() -> Vocabulary:
    return pagecache.shared("vocabulary", _learned)


def _learned() -> Vocabulary:
    known = Vocabulary()
    for one in titles():
        known.learn(text.nfc(one.title))
    for group in searching.known_synonyms().values():
        for _folded, exact in group.expressions:
            known.learn(" ".join(exact))
    left = WORDS
    bodies = Article.objects.public().order_by("-published_at", "-pk").values_list("lead", "body")[:TEXTS]
    for lead, body in bodies.iterator(chunk_size=50):
        left -= known.learn(text.nfc(f"{lead} {html.plain(body)}"))
        if left < 0:
            break
    return known


def meant(question: Asked) -> str:
    """What was probably meant by a question that finds nothing as it stands, in words that do find something, or ""."""
    typed = {w.folded: question.query[w.start : w.end].lower() for w in lexemes.words(question.query)}
    if not 1 <= len(typed) <= 10:
        return ""
    known = vocabulary()
    for _score, row in nlargest(TRIED, _corrections(list(typed), known)):
        told = known.with_accents(row, typed)
        if told != question.query.lower() and _is_there(searching.asked(told)):
            return told
    return ""


def _is_there(question: Asked) -> bool:
    return bool(called(question)) or searching.exists(question)


def _corrections(typed: list[str], known: Vocabulary) -> list[tuple[float, list[str]]]:
    """(how likely, words) of rows of words near to what was typed."""
    rows: list[tuple[float, list[str]]] = [(0.0, [])]
    for word in typed:
        rows = nlargest(WIDTH, (_joined(row, near, cost, known) for row in rows for near, cost in _near(word, known)))
    return rows


def _joined(row: tuple[float, list[str]], near: list[str], cost: float, known: Vocabulary) -> tuple[float, list[str]]:
    score, words = row
    likely = sum(
        log(1 + known.alone[word]) / 4 + 2 * log(1 + known.pairs[before, word])
        for before, word in pairwise([*words[-1:], *near] if words else ["", *near])
    )
    return score + likely - cost, [*words, *near]


def _near(word: str, known: Vocabulary) -> list[tuple[list[str], float]]:
    """(words, cost) that may have been meant by the folded `word`: itself, without keys, one slip away, two in one.

    What is a word of the portal is left alone: Vietnamese words are so short that each is near to many.
    """
    if word in known.alone or word.isdigit() or len(word) > 24:
        return [([word], 0.0)]
    once = slips(word)
    found = [([word], 9.0), *(([near], 3.0) for near in sorted(once) if near in known.alone)]
    if (unmarked := without_keys(word)) in known.alone:
        found.append(([unmarked], 1.0))
    if len(found) == 1 and len(word) >= 5:
        twice = {near for one in once if len(one) <= 12 for near in slips(one)} & known.alone.keys()
        found += [([near], 6.0) for near in sorted(twice, key=lambda near: (-known.alone[near], near))[:WIDTH]]
    cuts = ((word[:n], word[n:]) for n in range(2, len(word) - 1))
    return found + [([*cut], 3.0) for cut in cuts if cut[0] in known.alone and cut[1] in known.alone]


def without_keys(word: str) -> str:
    """The folded `word` without the keys of Telex or VNI, as a keyboard that sets no marks leaves them.

    Those of Telex follow a vowel or end the word ("nguwowif" is "nguoi"), where no Vietnamese syllable has these letters;
    those of VNI are digits ("d9ie63m" is "diem").
    """
    single = re.sub(r"([adeo])\1", r"\1", re.sub(r"(?<=[a-z])\d+", "", word))
    return re.sub(r"(?<=[aeiouy])[dfjrsxwz]|(?<=[aeiouymncgpth])[dfjrsxwz]+$", "", single)


def slips(word: str) -> set[str]:
    """All that one letter too many, too few, wrong or changed with its neighbour makes of `word`."""
    cuts = [(word[:n], word[n:]) for n in range(len(word) + 1)]
    return {
        *(a + b[1:] for a, b in cuts if b),
        *(a + b[1] + b[0] + b[2:] for a, b in cuts if len(b) > 1),
        *(a + letter + b[1:] for a, b in cuts if b for letter in _LETTERS),
        *(a + letter + b for a, b in cuts for letter in _LETTERS),
    }

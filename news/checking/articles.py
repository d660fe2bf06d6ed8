"""All checks over an article, and what they need to know of the rest of the portal."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from hotlines.models import Hotline
from news.checking import dates, figures, language, people, structure
from news.checking.document import Document, Element
from news.checking.finding import Finding
from news.checking.links import leads_somewhere
from news.models import Article, Mistake
from portal.lib import clock

MOST = 200  # nobody reads more at once; the rest comes when these are done


@dataclass(frozen=True)
class Known:
    """What a text is held against."""

    today: date
    directory: Collection[str] = ()  # dialled numbers that citizens find in the directory
    retired: Mapping[str, str] = field(default_factory=dict)  # {dialled number: what to use instead}
    ended: Mapping[str, str] = field(default_factory=dict)  # {name of a unit: what followed}
    mistakes: Mapping[str, str] = field(default_factory=dict)  # {wrong: right}
    leads_somewhere: Callable[[str], bool] = lambda path: True
    is_decorative: Callable[[str], bool] = lambda src: False


def findings_of(article: Article, known: Known | None = None) -> list[Finding]:
    """What an editor should look at again in `article`, saved or not, in the order of its parts."""
    return findings_in(document_of(article), known or known_to_the_portal(article))


def findings_in(document: Document, known: Known) -> list[Finding]:
    """What is doubtful in `document`, each with its place and the sentence around it."""
    found: dict[tuple[int, str], Finding] = {}
    for finding in _all(document, known):
        found.setdefault((finding.start, finding.figure), finding)
    in_order = sorted(found.values(), key=lambda finding: finding.start)
    return [_placed(document, finding) for finding in in_order[:MOST]]


def _all(document: Document, known: Known) -> Iterator[Finding]:
    plain = document.plain
    yield from language.old_codes(plain)
    yield from figures.doubtful_figures(plain)
    for check in (dates.wrong_weekdays, dates.wrong_lunar_days, dates.wrong_year_names):
        yield from check(plain, known.today)
    for check in (language.blanks, language.twice, language.brackets):
        yield from check(plain)
    yield from language.mistakes(plain, known.mistakes)
    yield from people.identity_numbers(plain)
    yield from people.telephones(plain, known.directory, known.retired)
    yield from people.ended_units(plain, known.ended)
    yield from structure.pictures(document, known.is_decorative)
    yield from structure.headings(document)
    yield from structure.link_texts(document)
    yield from structure.broken_links(document, known.leads_somewhere)


def _placed(document: Document, finding: Finding) -> Finding:
    size = len(finding.figure)
    start = document.plain.find(finding.figure, max(0, finding.start - 3), finding.start + size + 3)
    if start < 0:  # a picture, an empty link
        return replace(finding, place=document.place_of(finding.start))
    before, after = document.sentence(start, start + size)
    return replace(finding, place=document.place_of(start), before=before, after=after)


def document_of(article: Article) -> Document:
    """Title, lead, captions and body as citizens read them."""
    document = Document()
    document.add(_("Title"), article.title)
    for number, line in enumerate(filter(None, article.lead.split("\n")), start=1):
        document.add(_("Lead") if number == 1 else f"{_('Lead')} {number}", line)
    if article.cover:
        start = document.add(_("Caption of the cover picture"), article.cover_caption)
        document.images.append(Element(article.cover.name, start, article.cover_alt))
    document.add_html(_("Text, paragraph"), article.body)
    if article.byline:
        document.add(_("Signature"), article.byline)
    return document


def known_to_the_portal(article: Article) -> Known:
    """What the directory and the desk know at the time of `article`."""
    listed = set(Hotline.objects.public().values_list("dialled", flat=True))
    return Known(
        today=clock.local_day(article.published_at),
        directory=listed,
        retired=retired_numbers(),
        ended=ended_units(article),
        mistakes=dict(Mistake.objects.values_list("wrong", "right")),
        leads_somewhere=leads_somewhere,
    )


def retired_numbers() -> dict[str, str]:
    """{dialled number: what to tell} of those that only offices no longer shown to citizens have."""
    shown = Hotline.objects.public().filter(dialled=OuterRef("dialled"))
    hidden = Hotline.objects.filter(office__is_listed=False).exclude(Exists(shown)).select_related("office")
    told = _("%(office)s is no longer in the directory.")
    return {hotline.dialled: told % {"office": hotline.office.name} for hotline in hidden}


def ended_units(article: Article) -> dict[str, str]:
    """{name of a unit: what followed} of those that had ended when `article` appeared; none is known to have."""
    return {}

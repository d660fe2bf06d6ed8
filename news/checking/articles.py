"""All checks over an article, and what they need to know of the rest of the portal."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.translation import gettext as _

from hotlines import directory, former
from hotlines.models import Hotline, Office
from news.checking import dates, figures, language, people, structure
from news.checking.document import Document, Element
from news.checking.finding import Finding
from news.checking.links import leads_somewhere, path_here
from news.models import Article, Mistake, Picture
from portal.lib import clock, html

MOST = 200  # nobody reads more at once; the rest comes when these are done


@dataclass(frozen=True)
class Known:
    """What a text is held against."""

    today: date
    directory: Collection[str] = ()  # dialled numbers that citizens find in the directory
    retired: Mapping[str, str] = field(default_factory=dict)  # {dialled number: what to use instead}
    ended: Mapping[str, str] = field(default_factory=dict)  # {name of a unit: what followed}
    mistakes: Mapping[str, str] = field(default_factory=dict)  # {wrong: right}
    former: Mapping[str, tuple[str, date]] = field(default_factory=dict)  # {former name: (today's, since when)}
    path_here: Callable[[str], str] = lambda address: address if address.startswith("/") else ""
    leads_somewhere: Callable[[str], bool] = lambda path: True
    is_decorative: Callable[[str], bool] = lambda src: False


def findings_of(article: Article, known: Known | None = None) -> list[Finding]:
    """What an editor should look at again in `article`, saved or not, in the order of its parts."""
    return findings_in(document_of(article), known or known_to_the_portal(article))


def overruled(article: Article) -> list[str]:
    """The findings of `article` as the audit log keeps them for ever: data of persons stand there masked."""
    return [f"{finding.rule}: {finding.masked}" for finding in findings_of(article)]


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
    for check in (language.lost_letters, language.blanks, language.twice, language.brackets):
        yield from check(plain)
    yield from language.mistakes(plain, known.mistakes)
    yield from people.identity_numbers(plain)
    yield from people.telephones(plain, known.directory, known.retired)
    yield from people.uncallable(plain)
    yield from people.ended_units(plain, known.ended)
    yield from people.former_names(plain, known.former)
    yield from structure.pictures(document, known.is_decorative)
    yield from structure.headings(document)
    yield from structure.link_texts(document)
    yield from structure.broken_links(document, known.path_here, known.leads_somewhere)


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
        start = document.add(_("Caption of the cover picture"), article.caption)
        document.images.append(Element(article.cover.url, start, article.cover.alt))
    document.add_html(_("Text, paragraph"), article.body)
    if article.byline:
        document.add(_("Signature"), article.byline)
    return document


def known_to_the_portal(article: Article) -> Known:
    """What the directory, the library and the desk know at the time of `article`."""
    shown = Picture.objects.filter(name__in=_shown(article)).values_list("name", "is_decorative")
    library = dict(shown)
    # Citizens get its pictures and files from its publication on.
    today = clock.local_day(article.published_at)
    changed = Mistake.objects.filter(since__lte=today or date.max).values_list("wrong", "right", "since")
    own = {attachment.get_absolute_url() for attachment in article.attachments.all()} if article.pk else set()
    return Known(
        today=today,
        directory=set(Hotline.objects.public().values_list("dialled", flat=True)),
        retired=retired_numbers(),
        ended=ended_units(article),
        mistakes=dict(Mistake.objects.filter(since=None).values_list("wrong", "right")),
        former={wrong: (right, since) for wrong, right, since in changed},
        path_here=path_here,
        leads_somewhere=lambda address: address in own or _name(address) in library or leads_somewhere(address),
        is_decorative=lambda src: library.get(_name(src), False),
    )


def _name(address: str) -> str:
    """The name of the library's picture at `address`; "" where none is."""
    return next(iter(html.library_images(f'<img src="{escape(address)}">')), "")


def _shown(article: Article) -> set[str]:
    """Names of the library's pictures in its text and of its cover."""
    return {*html.library_images(article.body), *([article.cover.name] if article.cover else [])}


def retired_numbers() -> dict[str, str]:
    """{dialled number: what to use instead} of those that no office in the directory has any more."""
    told = {}
    for dialled, was in former.retired().items():
        use = _("The number today: %(number)s.") % {"number": was.now.shown} if was.now else ""
        told[dialled] = f"{was.about}. {use}".strip()
    return told


def ended_units(article: Article) -> dict[str, str]:
    """{name of a unit: what followed} of those that had ended when `article` appeared."""
    ended = [office for office in directory.entries(article.published_at) if office.is_over]
    return {office.name: _followed(office) for office in ended}


def _followed(office: Office) -> str:
    """ "Đã kết thúc từ 01/07/2025; việc do Phường A, Phường B tiếp nhận." """
    words = {"day": date_format(office.valid_to, "SHORT_DATE_FORMAT"), "heirs": ", ".join(map(str, office.heirs))}
    return (_("Ended on %(day)s; its work went to %(heirs)s.") if office.heirs else _("Ended on %(day)s.")) % words

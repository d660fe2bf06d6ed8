"""Storing what a page of the old portal says. What is there already stays as it is: nothing is doubled or overwritten."""

import hashlib
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone

from hotlines.models import Hotline, Office
from news import publishing
from news.models import Article, Category
from polls.models import Option, Poll
from portal import redirecting
from portal.legacy import boxes
from portal.legacy.boxes import Boxes
from portal.legacy.names import calm, key
from portal.legacy.page import Page as LegacyPage
from portal.legacy.page import Story
from portal.legacy.reading import NotUnderstood
from portal.lib import clock, html, text
from portal.models import MenuItem, Page, Redirect
from stats.figures import grouped
from stats.models import VISIT, OpeningBalance

UNSORTED = "Tin cũ chưa phân loại"
_FIXED_TARGETS = {
    **dict.fromkeys(("tin-tuc", "tin-tuc-su-kien", "tin-tuc-va-su-kien"), MenuItem.Target.NEWS),
    **dict.fromkeys(("duong-day-nong", "danh-ba-dien-thoai"), MenuItem.Target.HOTLINES),
    **dict.fromkeys(("ban-do", "ban-do-so"), MenuItem.Target.MAP),
}
_PERIODS = {"total": "tổng", "year": "năm", "month": "tháng", "week": "tuần"}


@dataclass
class Stored:
    """What became of a page. `known`: its article was imported before, so the file was left alone altogether.

    `told` holds (what, value, fate) of everything beside the article, `held_back` why the article is only a draft.
    """

    article: Article
    known: bool = False
    told: list[tuple[str, str, str]] = field(default_factory=list)
    held_back: list[str] = field(default_factory=list)

    def tell(self, what: str, value: str, is_new: bool, more: str = "") -> None:
        fate = "mới" if is_new else "đã có, giữ nguyên"
        self.told.append((what, value, f"{fate}; {more}" if more else fate))


def store(page: LegacyPage, *, source: str, as_of: date | None = None, address: str = "") -> Stored:
    """Stores one page in one transaction; `source` names it, `as_of` (default: the article's day) dates its counters.

    From `address`, where the old portal had it, readers are led to it from now on.

    Raises NotUnderstood when a value does not fit; then nothing is stored.
    """
    with transaction.atomic():
        identity = source_key(page.story)
        if article := Article.objects.select_related("category", "office").filter(source_key=identity).first():
            stored = Stored(article, known=True)
            _store_address(address, stored)
            return stored
        day = as_of or clock.local_day(page.story.published_at)
        origin = f"Cổng cũ, tệp {source}"[:200]
        stored = Stored(Article(source_key=identity))
        _store_article(page.story, stored)
        _store_address(address, stored)
        _store_views(page.story, stored.article, day, origin, stored)
        _store_hotlines(page.boxes, stored)
        _store_counters(page.boxes.counters, day, origin, stored)
        _store_poll(page.boxes.poll, stored)
        _store_menu(page.boxes.menu, stored)
        return stored


def source_key(story: Story) -> str:
    """What tells an article of the old portal from all others: title and minute of publication, hashed."""
    identity = f"{key(story.title)}|{story.published_at:%Y-%m-%dT%H:%M}"
    return hashlib.sha256(identity.encode()).hexdigest()


def named(name: str, things: models.QuerySet, *attributes: str) -> models.Model | None:
    """The one of `things` that bears `name` in one of `attributes`, spelled with other case, accents or blanks."""
    wanted = key(name)
    matching = (thing for thing in things if any(key(getattr(thing, a)) == wanted for a in attributes))
    return next(matching, None)


def _saved(thing: models.Model, what: str) -> models.Model:
    """`thing`, checked as a form would check it, and saved. NotUnderstood with the fields that do not fit."""
    try:
        thing.full_clean()
    except ValidationError as error:
        faults = "; ".join(f"{name}: {' '.join(why)}" for name, why in _by_label(thing, error))
        raise NotUnderstood(f"{what} “{text.excerpt(str(thing), 80)}” không lưu được ({faults})") from error
    thing.save()
    return thing


def _by_label(thing: models.Model, error: ValidationError):
    labels = {field.name: str(field.verbose_name) for field in thing._meta.concrete_fields}
    return ((labels.get(name, "chung"), why) for name, why in error.message_dict.items())


def _store_article(story: Story, stored: Stored) -> None:
    article = stored.article
    article.title, article.lead, article.byline = story.title, story.lead, story.byline
    article.body = html.paragraphs("\n".join(story.paragraphs))
    article.published_at = story.published_at
    article.category = _category(story, stored)
    article.office = _office(story.office, stored) if story.office else None
    _saved(article, "bài viết")
    stored.held_back = _reasons_to_wait(story)
    if not stored.held_back:
        stored.article = publishing.publish(article)


def _store_address(address: str, stored: Stored) -> None:
    if not address or stored.article.state != Article.State.PUBLISHED:
        return
    try:
        known = Redirect.objects.filter(old=redirecting.old_path(address)).exists()
        one = redirecting.set_redirect(address, stored.article.get_absolute_url())
    except ValidationError as refusal:
        raise NotUnderstood(
            f"địa chỉ cũ “{text.excerpt(address, 80)}” không dùng được: {' '.join(refusal.messages)}"
        ) from refusal
    stored.tell("Địa chỉ cũ", one.old, not known)


def _reasons_to_wait(story: Story) -> list[str]:
    reasons = [
        (not story.paragraphs, "trang không có đoạn văn nào (có lẽ chỉ có hình)"),
        (not story.category, "trang không ghi chuyên mục"),
        (story.published_at > timezone.now(), "ngày đăng ở tương lai"),
    ]
    return [reason for condition, reason in reasons if condition]


def _category(story: Story, stored: Stored) -> Category:
    name = calm(story.category) or UNSORTED
    category = named(name, Category.objects.all(), "name", "slug")
    is_new = category is None
    if is_new:
        # What waits for an editor to sort it is no section of the home page.
        category = _saved(Category(name=name, is_on_home=bool(story.category)), "chuyên mục")
    rewritten = f"viết lại từ “{story.category}”" if is_new and story.category not in ("", name) else ""
    stored.tell("Chuyên mục", category.name, is_new, rewritten)
    return category


def _office(name: str, stored: Stored) -> Office:
    office = named(name, Office.objects.all(), "name", "abbreviation")
    stored.tell("Cơ quan", office.name if office else name, office is None)
    return office or _saved(Office(name=name, kind=_kind(name)), "cơ quan")


def _kind(name: str) -> str:
    folded = text.fold(name)
    if folded.startswith(("ubnd", "uy ban nhan dan")):
        ward = any(f" {word} " in f" {folded} " for word in ("phuong", "xa", "thi tran"))
        return Office.Kind.WARD if ward else Office.Kind.AUTHORITY
    return Office.Kind.DIVISION


def _store_views(story: Story, article: Article, day: date, origin: str, stored: Stored) -> None:
    if story.views:
        balance = OpeningBalance(key=article.count_key, as_of=day, source=origin, total=story.views)
        _saved(balance, "lượt xem cũ")


def _store_hotlines(found: Boxes, stored: Stored) -> None:
    for office_name in dict.fromkeys(hotline.office for hotline in found.hotlines):
        theirs = [hotline for hotline in found.hotlines if hotline.office == office_name]
        office = named(office_name, Office.objects.all(), "name", "abbreviation") or _office_behind(theirs)
        office = office or _office(office_name, stored)
        known = {(key(h.purpose), h.dialled) for h in office.hotlines.all()}
        for place, hotline in enumerate(theirs, start=1):
            is_new = (key(hotline.purpose), hotline.dialled) not in known
            if is_new:
                _saved(_new_hotline(office, hotline, place), "đường dây nóng")
            told = f"{office.name} · {hotline.purpose} · {hotline.number} (gọi {hotline.dialled})"
            stored.tell("Đường dây nóng", told, is_new)


def _office_behind(hotlines: list[boxes.Hotline]) -> Office | None:
    """The office that has all these numbers for the same purposes under another name ("UBND quận Thanh Xuân")."""
    wanted = {(key(h.purpose), h.dialled) for h in hotlines}
    near = Office.objects.filter(hotlines__dialled=hotlines[0].dialled).prefetch_related("hotlines").distinct()
    return next((o for o in near if wanted <= {(key(h.purpose), h.dialled) for h in o.hotlines.all()}), None)


def _new_hotline(office: Office, found: boxes.Hotline, place: int) -> Hotline:
    # `dialled` is set again when it is saved; it is given here for the check before.
    return Hotline(office=office, purpose=found.purpose, number=found.number, dialled=found.dialled, note=found.note,
        order=place * 10)  # fmt: skip


def _store_counters(counters: dict[str, int], day: date, origin: str, stored: Stored) -> None:
    if not counters:
        return
    figures = {period: counters.get(period, 0) for period in _PERIODS}
    shown = ", ".join(f"{_PERIODS[period]} {grouped(n)}" for period, n in figures.items())
    told = f"{shown}; tính đến {day:%d/%m/%Y}"
    if "total" not in counters or not figures["total"] >= figures["year"] >= figures["month"]:
        stored.told.append(("Lượt truy cập", told, "KHÔNG nhận: thiếu tổng, hoặc tổng nhỏ hơn số của năm hay tháng"))
        return
    balance = OpeningBalance.objects.filter(key=VISIT).first()
    if balance is None:
        _saved(OpeningBalance(key=VISIT, as_of=day, source=origin, **figures), "lượt truy cập cũ")
    stored.tell("Lượt truy cập", told, balance is None, _doubts(balance, day, counters))


def _doubts(balance: OpeningBalance | None, day: date, counters: dict[str, int]) -> str:
    if balance and (balance.total, balance.as_of) != (counters["total"], day):
        return f"số đang dùng: {grouped(balance.total)} tính đến {balance.as_of:%d/%m/%Y} ({balance.source})"
    # Periods are calendar periods: month and year are one in January, and only then.
    if {"month", "year"} <= set(counters) and (day.month == 1) != (counters["month"] == counters["year"]):
        return "số của tháng và năm không hợp với ngày này: hãy cho ngày chụp trang bằng --as-of"
    return ""


def _store_poll(found: boxes.Poll | None, stored: Stored) -> None:
    if found is None:
        return
    poll = named(found.question, Poll.objects.all(), "question")
    if poll is None:
        draft = _saved(Poll(question=found.question), "bình chọn")
        for place, answer in enumerate(found.options, start=1):
            _saved(Option(poll=draft, text=answer, order=place * 10), "phương án")
    answers = f"{len(found.options)} phương án" if found.options else "phương án không còn trong văn bản"
    draft_note = f"bản nháp chưa duyệt, {answers}" if poll is None else ""
    stored.tell("Bình chọn", found.question, poll is None, draft_note)


def _store_menu(labels: list[str], stored: Stored) -> None:
    for place, label in enumerate(labels, start=1):
        item = named(label, MenuItem.objects.all(), "label")
        if item is None:
            _saved(new := MenuItem(label=label, order=place * 10, **_target(label)), "mục menu")
            leads = f"dẫn tới {new.get_target_display()}" if new.target != MenuItem.Target.NONE else "chưa có đích"
        stored.tell("Menu", label, item is None, leads if item is None else "")


def _target(label: str) -> dict:
    if category := named(label, Category.objects.all(), "name"):
        return {"target": MenuItem.Target.CATEGORY, "category": category}
    if page := named(label, Page.objects.public(), "title"):
        return {"target": MenuItem.Target.PAGE, "page": page}
    if key(label) == "trang-chu":
        return {"target": MenuItem.Target.ADDRESS, "address": "/"}
    return {"target": _FIXED_TARGETS.get(key(label), MenuItem.Target.NONE)}

"""The report on one imported file: what was taken, what was left out and why, and whether the text is all there."""

import re
from collections import Counter

from django.utils import timezone

from news.checking import doubtful_figures
from portal.legacy.page import Page
from portal.legacy.storing import Stored
from portal.lib import html, text

_NUMBER = re.compile(r"\d+(?:[.,/:-]\d+)*")
_SHOWN = 10  # words named one by one when the texts differ
_WIDTH = 15


def report(name: str, page: Page, stored: Stored, *, is_rehearsal: bool = False) -> str:
    """Lines for a person, in Vietnamese; a rehearsal says what would be done."""
    blocks = [
        (_outcome(stored, "Sẽ" if is_rehearsal else "Đã"), []),
        ("Trong tệp có" if stored.known else "Được chuyển", _article(page) + _around(page, stored)),
        ("Không chuyển", [f"“{text.excerpt(line, 60)}”: {why}" for line, why in page.left_out]),
        ("Ghi chú", page.notes),
        ("Đối chiếu nguyên văn", _comparison(page, stored)),
        ("Con số cần xem lại (lưu đúng như bản cũ)", _doubtful(page)),
    ]
    lines = [f"── {name} ".ljust(78, "─")]
    for heading, entries in blocks:
        lines += [f"  {heading}"] if entries or heading == blocks[0][0] else []
        lines += [f"    {entry}" for entry in entries]
    return "\n".join(lines)


def _outcome(stored: Stored, done: str) -> str:
    article = f"bài số {stored.article.pk}"
    if stored.known:
        return f"Đã có từ lần nhập trước ({article}): không thay đổi gì."
    if stored.held_back:
        return f"{done} nhập thành bản nháp ({article}), vì {'; '.join(stored.held_back)}."
    return f"{done} nhập và đăng ({article})."


def _article(page: Page) -> list[str]:
    story = page.story
    when = timezone.localtime(story.published_at)
    entries = [
        ("Tiêu đề", story.title),
        ("Ngày đăng", f"{when:%d/%m/%Y | %H:%M} (giờ Việt Nam, +07:00)"),
        ("Lượt xem cũ", "" if story.views is None else f"{story.views} (số dư đầu kỳ của bài)"),
        ("Sapo", text.excerpt(story.lead, 90)),
        ("Nội dung", f"{len(story.paragraphs)} đoạn"),
        (
            "Ký tên",
            story.byline and f"{story.byline} ({'cơ quan' if story.office else 'không phải cơ quan: chỉ giữ chữ ký'})",
        ),
    ]
    return [_entry(what, value) for what, value in entries if value]


def _around(page: Page, stored: Stored) -> list[str]:
    if not stored.known:
        return [_entry(what, f"{value} [{fate}]") for what, value, fate in stored.told]
    found = page.boxes
    counts = f"{len(found.menu)} mục menu, {len(found.hotlines)} đường dây nóng"
    return [_entry("Quanh bài", f"{counts}: không xét lại, vì tệp đã được nhập")]


def _entry(what: str, value: str) -> str:
    return f"{what:<{_WIDTH}} {value}"


def _comparison(page: Page, stored: Stored) -> list[str]:
    """Words and numbers of the article in the file against those that the database now holds."""
    stored.article.refresh_from_db()
    article = stored.article
    before = "\n".join(page.story.source)
    after = "\n".join([article.title, article.lead, html.plain(article.body), article.byline])
    lost, added = differences(before, after)
    counts = f"{len(before.split())} từ → {len(after.split())} từ"
    figures = f"{len(_NUMBER.findall(before))} con số → {len(_NUMBER.findall(after))} con số"
    if not lost and not added:
        return [f"{counts}; {figures}: khớp hoàn toàn"]
    edited = " (bài đã được sửa trên cổng mới, hoặc là bài khác cùng tên, cùng giờ)" if stored.known else ""
    return [f"{counts}; {figures}: KHÁC NHAU{edited}", *_named("Thiếu", lost), *_named("Thêm", added)]


def differences(before: str, after: str) -> tuple[Counter, Counter]:
    """(words only in `before`, words only in `after`), each with how often; a number is a word like any other."""
    then, now = Counter(before.split()), Counter(after.split())
    return then - now, now - then


def _named(what: str, words: Counter) -> list[str]:
    shown = ", ".join(f"“{word}”" for word in list(words.elements())[:_SHOWN])
    more = f" và {words.total() - _SHOWN} từ nữa" if words.total() > _SHOWN else ""
    return [f"{what}: {shown}{more}"] if words else []


def _doubtful(page: Page) -> list[str]:
    story = page.story
    plain = "\n".join([story.title, story.lead, *story.paragraphs])
    return [f"{found.figure}: {found.reason}" for found in doubtful_figures(plain)]

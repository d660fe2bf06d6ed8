"""A page of the old portal as text, taken apart: one article and the boxes around it. No database here.

The portal printed its boxes in one manner (a heading, often twice on its line, then lines), so a page is cut at the
headings it is known for; the article is found by the line under its title ("Publish date …"). What fits nowhere is kept
in `left_out` with a reason: nothing disappears unsaid.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from portal.legacy import boxes, stamp
from portal.legacy.boxes import Boxes, kind_of
from portal.legacy.names import calm, key, once, signature
from portal.legacy.reading import NotUnderstood
from portal.lib import text

LONGEST_LEAD = 2000  # characters; what Article.lead takes
LONGEST_CATEGORY = 120
_BUTTONS = set(
    "in in-bai-viet in-trang print gui-email gui-qua-email send-email chia-se share facebook twitter tweet zalo"
    " quay-lai back ve-dau-trang len-dau-trang back-to-top doc-bai-viet".split()
)
_FOOTER = re.compile(r"(©|copyright\b|ban quyen (thuoc|©)|chiu trach nhiem (noi dung|chinh)\b)")
_DOUBLE_BLANK = re.compile(r"(?<=\S)\s{2,}(?=\S)")


@dataclass
class Story:
    """The article of a page. `lead` and `paragraphs` are its text in order; `source` its lines as they stood."""

    title: str
    published_at: datetime
    has_time: bool
    views: int | None
    category: str  # as printed, but once; "" when the page names none
    lead: str
    paragraphs: list[str]
    byline: str
    office: str
    source: list[str]


@dataclass
class Page:
    """What one file says; `left_out` holds (line, why) of all that is not taken, `notes` what else is to be known."""

    story: Story
    boxes: Boxes
    left_out: list[tuple[str, str]]
    notes: list[str]


@dataclass
class _Cut:
    """Indexes of lines: where the article's parts are. `end` is the first line behind the article."""

    heading: int | None
    title: list[int]
    at: int
    end: int

    @property
    def begin(self) -> int:
        return self.title[0] if self.heading is None else self.heading


def parse(raw: str) -> Page:
    """The page in `raw` (from `reading.read`). NotUnderstood when there is not exactly one article in it."""
    raws = raw.split("\n")
    lines = [text.line(one) for one in raws]
    at, stamped = _stamp(lines)
    lines = _without_repeats(lines, at)
    marks = boxes.marks(lines, at)
    cut = _Cut(*_head(lines, marks, at), at, _end(lines, marks, at))
    _refuse_lists(lines, cut)
    left_out: list[tuple[str, str]] = []
    story = _story(raws, lines, cut, stamped, left_out)
    found = boxes.read(_boxes(lines, marks, 0, cut.begin) + _boxes(lines, marks, cut.end, len(lines)))
    _leave_between(lines, cut, left_out)
    return Page(story, found, left_out + found.left_out, _notes(story, raw))


def _stamp(lines: list[str]) -> tuple[int, stamp.Stamp]:
    for i, line in enumerate(lines):
        if found := stamp.read(line):
            return i, found
    raise NotUnderstood("không thấy dòng “Ngày đăng/Publish date”: tệp này không phải trang một bài viết của cổng cũ")


def _without_repeats(lines: list[str], at: int) -> list[str]:
    """Blanks out a line that repeats the one above it (blank lines aside): the old portal printed headings twice."""
    kept, above = [], ""
    for i, line in enumerate(lines):
        repeats = line and text.fold(line) == text.fold(above) and (i < at or kind_of(line))
        kept.append("" if repeats else line)
        above = line or above
    return kept


def _head(lines: list[str], marks: dict[int, str], at: int) -> tuple[int | None, list[int]]:
    """(index of the category's heading or None, indexes of the title's lines), both above the stamp."""
    filled = [i for i in range(at) if lines[i] and not stamp.is_label(lines[i])]
    doubled = [i for i in filled[:-1] if once(lines[i]) != lines[i] and i not in marks]
    floor = _floor(lines, marks, (doubled or filled)[-1]) if filled else 0
    if not any(i < at for i in marks) and not doubled:
        floor = filled[-2] if len(filled) > 1 else 0
    filled = [i for i in filled if i >= floor]
    if not filled:
        raise NotUnderstood("không thấy tiêu đề bài viết ở trên dòng ngày đăng")
    title = [filled.pop()]
    while filled and filled[-1] == title[0] - 1 and filled[-1] not in doubled:
        title.insert(0, filled.pop())
    if filled:
        return ([i for i in doubled if i in filled] or filled)[-1], title
    if len(title) > 1 and len(lines[title[0]]) <= 60:
        return title[0], title[1:]
    return None, title


def _floor(lines: list[str], marks: dict[int, str], stop: int) -> int:
    """The first line that no box above the article has a claim to; `stop` is surely not of a box."""
    floor = 0
    for i, kind in sorted(marks.items()):
        if i < stop:
            inside = lines[i + 1 : min([m for m in marks if m > i] + [stop])]
            floor = i + 1 + boxes.claimed(kind, inside)
    return floor


def _end(lines: list[str], marks: dict[int, str], at: int) -> int:
    footers = [i for i in range(at + 1, len(lines)) if _FOOTER.match(text.fold(lines[i]))]
    return min([i for i in marks if i > at] + footers, default=len(lines))


def _refuse_lists(lines: list[str], cut: _Cut) -> None:
    if any(stamp.read(line) for line in lines[cut.at + 1 : cut.end]):
        raise NotUnderstood("có nhiều dòng ngày đăng: đây là trang danh sách, không phải trang một bài viết")


def _boxes(lines: list[str], marks: dict[int, str], start: int, stop: int) -> list[tuple[str, list[str]]]:
    """The lines from `start` to `stop` by boxes; what stands before the first heading is the menu above, a rest below."""
    first = boxes.MENU if start == 0 else boxes.OTHER
    cuts = [*sorted(i for i in marks if start <= i < stop), stop]
    return [(first, lines[start : cuts[0]]), *((marks[i], lines[i + 1 : after]) for i, after in pairwise(cuts))]


def _leave_between(lines: list[str], cut: _Cut, left_out: list[tuple[str, str]]) -> None:
    between = [i for i in range(cut.begin, cut.title[0]) if i != cut.heading]
    left_out += [(lines[i], "giữa chuyên mục và tiêu đề, không rõ là gì") for i in between if lines[i]]


def _story(raws, lines, cut: _Cut, stamped: stamp.Stamp, left_out: list[tuple[str, str]]) -> Story:
    views, body = stamped.views, []
    for i in range(cut.at + 1, cut.end):
        if views is None and not body and (number := stamp.views(lines[i])) is not None:
            views = number
        elif key(lines[i]) in _BUTTONS:
            left_out.append((lines[i], "nút bấm của cổng cũ"))
        elif lines[i]:
            body.append(i)
    byline, office = signature(lines[body[-1]]) if len(body) > 1 else ("", "")
    texts = [lines[i] for i in (body[:-1] if byline else body)]
    # The old portal's first paragraph is the lead, unless it is all there is.
    leads = 1 if len(texts) > 1 and len(texts[0]) <= LONGEST_LEAD else 0
    return Story(
        title=" ".join(lines[i] for i in cut.title),
        published_at=stamped.at,
        has_time=stamped.has_time,
        views=views,
        category="" if cut.heading is None else _category(lines[cut.heading], left_out),
        lead="".join(texts[:leads]),
        paragraphs=texts[leads:],
        byline=byline,
        office=calm(office),
        source=[raws[i] for i in [*cut.title, *body]],
    )


def _category(heading: str, left_out: list[tuple[str, str]]) -> str:
    """The category's name from its heading, the last step of it if it is a trail ("Trang chủ > Văn hóa")."""
    name = re.split(r"\s+[>»›/]\s+", once(heading))[-1]
    if len(name) <= LONGEST_CATEGORY:
        return name
    left_out.append((heading, "dài quá một tên chuyên mục"))
    return ""


def _notes(story: Story, raw: str) -> list[str]:
    doubles = sum(len(_DOUBLE_BLANK.findall(line)) for line in story.source)
    damaged = raw.count("\ufffd")
    said = [
        (not story.has_time, "Trang không ghi giờ đăng: lấy 00:00."),
        (story.views is None, "Trang không ghi số lượt xem (hoặc ghi không đọc được): bắt đầu từ 0."),
        (doubles, f"Khoảng trắng kép ở {doubles} chỗ trong bài: gộp thành một."),
        (damaged, f"{damaged} ký tự đã hỏng từ trước (\ufffd): cần sửa tay."),
        (not any(c.islower() for c in story.title), "Tiêu đề viết toàn chữ hoa: giữ nguyên, nên viết lại."),
    ]
    return [sentence for condition, sentence in said if condition]

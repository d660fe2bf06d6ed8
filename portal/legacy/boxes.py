"""What stood around the article on the old portal: menu, hotlines, counters, poll. Each read from its own lines."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from portal.legacy import stamp
from portal.legacy.names import calm, is_organisation, key, once
from portal.lib import phone, text

MENU, HOTLINES, COUNTERS, MAP, POLL, OTHER = "menu", "hotlines", "counters", "map", "poll", "other"
_SPELLINGS = {
    HOTLINES: "duong-day-nong so-dien-thoai-duong-day-nong hotline",
    COUNTERS: "thong-ke-truy-cap thong-ke luot-truy-cap so-luot-truy-cap visitor-statistics",
    MAP: "ban-do-so ban-do digital-map",
    POLL: "binh-chon tham-do-y-kien tham-do lay-y-kien poll polls",
    OTHER: "tin-lien-quan cac-tin-lien-quan bai-viet-lien-quan tin-khac cac-tin-khac tin-moi cac-tin-da-dua"
    " cac-tin-moi-hon cac-tin-cu-hon lien-ket lien-ket-website van-ban-moi",
}
HEADINGS = {spelling: kind for kind, spellings in _SPELLINGS.items() for spelling in spellings.split()}
LONGEST_MENU = 60  # items
# The heading of the box is what a number is for when the page says nothing more exact.
GENERAL = "Đường dây nóng"
_FURNITURE = set(
    "skip-to-content skip-to-main-content bo-qua-noi-dung bo-qua-den-noi-dung chuyen-den-noi-dung den-noi-dung-chinh"
    " chuyen-den-noi-dung-chinh dang-nhap sign-in log-in login dang-ky tim-kiem search menu english tieng-viet".split()
)
_VOTES = re.compile(r"\s*[(\[]?\d[\d.,]*\s*(%|phiếu|bình chọn|lượt|votes?)[)\]]?\s*$", re.IGNORECASE)
_BEFORE_ANSWER = re.compile(r"^([-–•○◯●*+]|\(\s?\)|\[\s?\])\s*")
_VOTE_BUTTONS = set("binh-chon bieu-quyet gui gui-y-kien vote xem-ket-qua ket-qua view-results danh-gia".split())
_PHONE_LABELS = set("dt dien-thoai so-dien-thoai sdt tel phone hotline di-dong mobile duong-day-nong".split())
_TAIL = re.compile(r"^(?P<name>.*?)[\s:–-]*(?P<numbers>(?<![\w/])[+(]?\d[\d\s.()+/;,–-]*\d)$")
_NOTE = re.compile(r"\s*\((?P<note>[^()]*[^\W\d_][^()]*)\)$")
_LABELLED = re.compile(r"^(?P<label>[^\d:][^:]{0,40}?)\s*(?P<colon>:?)\s*(?P<n>\d[\d.,\s]*)?$")
# Folded labels of the counters, by their ends; "Tuần trước" and the like are none of them.
_COUNTED = {
    "online": r"online|truc tuyen|dang truy cap|dang xem|dang online",
    "day": r"(in |to)?day|ngay|hom nay",
    "week": r"week|tuan( nay)?",
    "month": r"month|thang( nay)?",
    "year": r"year|(?<!viet )nam( nay)?",
    "total": r"total( visit(ed|s|ors)?)?|tong( so| cong)?( luot)?( truy cap| khach)?|(so )?luot truy cap|tat ca",
}


@dataclass(frozen=True)
class Hotline:
    """One number with what it is for; `dialled` is what tel: takes."""

    office: str
    purpose: str
    number: str
    dialled: str
    note: str = ""


@dataclass(frozen=True)
class Poll:
    """The question, and the answers if the text still has them."""

    question: str
    options: list[str]


@dataclass
class Boxes:
    """All that was read around the article. `counters` has "week", "month", "year", "total", as far as they were there."""

    menu: list[str] = field(default_factory=list)
    hotlines: list[Hotline] = field(default_factory=list)
    counters: dict[str, int] = field(default_factory=dict)
    poll: Poll | None = None
    left_out: list[tuple[str, str]] = field(default_factory=list)  # (line, why)

    def leave(self, why: str, *lines: str) -> None:
        self.left_out += [(line, why) for line in lines if line]


def kind_of(line: str) -> str | None:
    """Which box the line is the heading of, if it is one; printed twice or once."""
    return HEADINGS.get(key(once(line))) if len(line) <= 80 else None


def read(boxes: list[tuple[str, list[str]]]) -> Boxes:
    """What the boxes (kind, lines without the heading) say."""
    found = Boxes()
    for kind, lines in boxes:
        _READERS[kind]([line for line in lines if line], found)
    return found


def _read_menu(lines: list[str], found: Boxes) -> None:
    labels: dict[str, str] = {}
    for label in map(once, lines):
        if key(label) in _FURNITURE or re.search(r"\d{1,2}/\d{1,2}/\d{4}", label):
            found.leave("phần phụ của giao diện cũ; cổng mới có của mình", label)
        elif len(label) > 80:
            found.leave("dài quá một mục menu", label)
        else:
            labels.setdefault(key(label), calm(label))
    if len(labels) <= LONGEST_MENU:
        found.menu = list(labels.values())
    else:
        found.leave(f"nhiều hơn {LONGEST_MENU} dòng: không giống một menu", *labels.values())


def _read_map(lines: list[str], found: Boxes) -> None:
    found.leave("ô bản đồ của cổng cũ không có dữ liệu trong văn bản", "Bản đồ số", *lines)


def _read_other(lines: list[str], found: Boxes) -> None:
    found.leave("ở ngoài bài viết: liên kết, tin khác, chân trang", *lines)


def _read_poll(lines: list[str], found: Boxes) -> None:
    if not lines:
        return
    question, *rest = lines
    stop = next((i for i, line in enumerate(rest) if key(line) in _VOTE_BUTTONS), None)
    answers = rest[:stop]
    options = [_BEFORE_ANSWER.sub("", _VOTES.sub("", line)) for line in answers]
    if not _are_answers(options, is_sure=stop is not None):
        answers = options = []
    found.poll = Poll(question, options)
    found.leave("phiếu cũ không cộng tiếp: không ai kiểm được từng phiếu", *filter(_VOTES.search, answers))
    found.leave("ở dưới câu hỏi bình chọn, không phải phương án", *rest[len(options) :])


def _are_answers(lines: list[str], *, is_sure: bool) -> bool:
    """Whether lines under a question are its answers; without the button below them only if they look the part."""
    longest = 120 if is_sure else 60
    few, apart = 2 <= len(lines) <= 12, len(set(map(key, lines))) == len(lines)
    return few and apart and all(0 < len(o) <= longest and (is_sure or not re.search(r"[\d:@©]", o)) for o in lines)


# --- Hotlines -----------------------------------------------------------------------------------------------


def numbers(line: str) -> tuple[str, list[str], str]:
    """(text before, telephone numbers, note in brackets behind) of a line; no numbers for a line of words only.

    Seven digits and more are meant as a number even when nobody can dial it; the caller finds out.
    """
    note = _NOTE.search(line)
    found = _TAIL.match(line[: note.start()] if note else line)
    if not found:
        return line, [], ""
    given = found["numbers"]
    pieces = [given] if _dials(given) else [p.strip() for p in re.split(r"[;,/]|\s[-–]\s", given) if p.strip()]
    if not all(map(_dials, pieces)) and len(re.sub(r"\D", "", given)) < 7:
        return line, [], ""
    name = found["name"].strip(" :–-")
    return "" if key(name) in _PHONE_LABELS else name, pieces, note["note"] if note else ""


def _dials(number: str) -> str | None:
    try:
        return phone.dial(number)
    except ValueError:
        return None


def _read_hotlines(lines: list[str], found: Boxes) -> None:
    office = purpose = ""
    waiting: list[str] = []
    for line in lines:
        name, given, note = numbers(line)
        waiting += [name] if name else []
        if given and waiting:
            office, purpose = _assigned(waiting, office, found)
            waiting = []
        for number in given:
            _add(found, office, purpose, number, note)
    found.leave("trong ô đường dây nóng nhưng không có số điện thoại đi kèm", *waiting)


def _assigned(waiting: list[str], office: str, found: Boxes) -> tuple[str, str]:
    """(office, purpose) of the number behind the lines `waiting`, the last of which is nearest to it."""
    *above, last = waiting
    offices = [line for line in above if is_organisation(line)]
    if is_organisation(last) and not offices:
        found.leave("trong ô đường dây nóng, không phải cơ quan hay số điện thoại", *above)
        return last, GENERAL
    if not above:
        return office, last
    new = offices[0] if offices else above[0]
    found.leave(
        "trong ô đường dây nóng, không phải cơ quan hay số điện thoại", *(line for line in above if line != new)
    )
    return new, last


def _add(found: Boxes, office: str, purpose: str, number: str, note: str) -> None:
    if not office:
        found.leave("số điện thoại không có tên cơ quan đứng trước", f"{purpose} {number}".strip())
    elif not (dialled := _dials(number)):
        found.leave("không phải số điện thoại gọi được", f"{office}, {purpose}: {number}")
    else:
        hotline = Hotline(calm(office), calm(purpose), number, dialled, note)
        found.hotlines += [hotline] if hotline not in found.hotlines else []


# --- Counters -----------------------------------------------------------------------------------------------


def counter(line: str) -> tuple[str, str] | None:
    """(which counter or "", digits or "") of a line in the counters' box; None for a line that is none."""
    found = _LABELLED.match(line)
    if not found:
        return None
    label = text.fold(found["label"])
    ends = {} if re.search(r"\b(last|previous)\b", label) else _COUNTED
    which = next((name for name, end in ends.items() if re.search(rf"\b({end})$", label)), "")
    is_one = which or (found["colon"] and found["n"])
    return (which, found["n"] or "") if is_one else None


def counter_lines(lines: list[str]) -> int:
    """How many of the first `lines` belong to the counters; blank lines between them count."""
    last = 0
    for i, line in enumerate(lines, start=1):
        if line and not (counter(line) or stamp.whole(line) is not None):
            break
        last = i if line else last
    return last


def _read_counters(lines: list[str], found: Boxes) -> None:
    figures = counter_lines(lines)
    pairs = re.sub(r"\n(?=[\d.,\s]+(\n|$))", ": ", "\n".join(lines[:figures])).split("\n")
    for line in filter(None, pairs):
        which, digits = counter(line.replace("::", ":")) or ("", "")
        n = stamp.whole(digits)
        if which == "online":
            found.leave("số người đang xem chỉ đúng lúc chụp trang, không phải số để cộng tiếp", line)
        elif which in {"", "day"} or n is None or which in found.counters:
            found.leave("số đếm mà cổng mới không tiếp nối (chỉ nhận tuần, tháng, năm, tổng)", line)
        else:
            found.counters[which] = n
    found.leave("không rõ thuộc phần nào của trang", *lines[figures:])


_READERS = {
    MENU: _read_menu,
    HOTLINES: _read_hotlines,
    COUNTERS: _read_counters,
    MAP: _read_map,
    POLL: _read_poll,
    OTHER: _read_other,
}


# --- Where the boxes begin ----------------------------------------------------------------------------------


def marks(lines: list[str], at: int) -> dict[int, str]:
    """{index of a box's heading: kind}; `at` is the index of the article's stamp.

    A menu or the article itself may say "Đường dây nóng" or "Bản đồ số" too, so one place is chosen for each kind: for
    hotlines and counters one that numbers follow, for the others the last behind the article.
    """
    places = defaultdict(list)
    for i, line in enumerate(lines):
        if kind := kind_of(line):
            places[kind].append(i)
    found = {}
    for kind in (HOTLINES, COUNTERS):
        real = [i for i in places[kind] if _has_numbers(lines[i + 1 :], kind)]
        if real:
            found[([i for i in real if i < at] or real)[-1]] = kind
    after = min(found, default=at)
    found |= {i: OTHER for i in places[OTHER] if i > at}
    for kind in (MAP, POLL):
        behind = [i for i in places[kind] if i > at]
        before = [i for i in places[kind] if i < at and (once(lines[i]) != lines[i] or i > after)]
        if behind or before:
            found[_likeliest(lines, behind or before, kind)] = kind
    return found


def _has_numbers(lines: list[str], kind: str) -> bool:
    near = [line for line in lines if line][:6]
    if kind == COUNTERS:
        return counter_lines(near) > 0
    return any(numbers(line)[1] for line in near)


def _likeliest(lines: list[str], places: list[int], kind: str) -> int:
    if kind != POLL:
        return places[-1]
    # Below the answers the old portal printed the heading's words again, on a button.
    asking = [i for i in places if next(filter(None, lines[i + 1 :]), "").endswith("?")]
    return (asking or places)[-1 if asking else 0]


def claimed(kind: str, lines: list[str]) -> int:
    """How many of the first `lines` under a heading surely belong to its box; what follows may be the article's head."""
    if kind == COUNTERS:
        return counter_lines(lines)
    if kind == HOTLINES:
        return max((i for i, line in enumerate(lines, start=1) if numbers(line)[1]), default=0)
    return 0

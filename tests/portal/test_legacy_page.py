"""Reading pages of the old portal: the shapes they come in, and the files that are none. Nothing is stored here."""

import unicodedata
from pathlib import Path

import pytest

from portal.legacy import names, page, reading, stamp

DATA = Path(__file__).resolve().parent.parent / "data" / "legacy"
PAGE = """\
Skip to Content
GIỚI THIỆU CHUNG
TIN TỨC - SỰ KIỆN

ĐƯỜNG DÂY NÓNG

UBND Quận

Tiếp công dân

024.62933647

Thống kê truy cập Thống kê truy cập

User Online: 12
Access in week: 700
Access in month: 3000
Access in year: 40000
Total visited: 500000

KINH TẾ KINH TẾ

Chợ đêm phường Hạ Đình mở lại từ tháng 6 năm 2024
Publish date 05/06/2024 | 08:05  | Lượt xem: 7

Từ ngày 01/6/2024, chợ đêm mở cửa 18 giờ mỗi ngày.

Có 120 gian hàng, trong đó 35 gian của hộ cận nghèo.

Phòng Kinh tế

Bản đồ số

Bình chọn Bình chọn

Cổng này có ích không ?"""


def parse(*changes, text=PAGE):
    """The page with (old, new) replaced."""
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return page.parse(reading.decoded(text.encode()))


def facts(found):
    """What every spelling of PAGE must give."""
    story, boxes = found.story, found.boxes
    return {
        "title": story.title,
        "at": story.published_at.isoformat(),
        "views": story.views,
        "category": names.calm(story.category),
        "text": [story.lead, *story.paragraphs],
        "office": story.office,
        "menu": boxes.menu,
        "hotlines": [(h.office, h.purpose, h.dialled) for h in boxes.hotlines],
        "counters": boxes.counters,
        "question": names.key(boxes.poll.question) if boxes.poll else None,
    }


EXPECTED = {
    "title": "Chợ đêm phường Hạ Đình mở lại từ tháng 6 năm 2024",
    "at": "2024-06-05T08:05:00+07:00",
    "views": 7,
    "category": "Kinh tế",
    "text": [
        "Từ ngày 01/6/2024, chợ đêm mở cửa 18 giờ mỗi ngày.",
        "Có 120 gian hàng, trong đó 35 gian của hộ cận nghèo.",
    ],
    "office": "Phòng Kinh tế",
    "menu": ["Giới thiệu chung", "Tin tức - Sự kiện"],
    "hotlines": [("UBND Quận", "Tiếp công dân", "+842462933647")],
    "counters": {"week": 700, "month": 3000, "year": 40000, "total": 500000},
    "question": "cong-nay-co-ich-khong",
}
VIETNAMESE_COUNTERS = """\
Đang truy cập: 12
Hôm nay: 90
Trong tuần: 700
Tháng này: 3.000
Trong năm: 40.000
Tổng lượt truy cập: 500.000"""
ENGLISH_COUNTERS = PAGE[PAGE.index("User Online") : PAGE.index("\n\nKINH TẾ")]
NOTHING = {"hotlines": [], "counters": {}, "question": None}


@pytest.mark.parametrize(
    "changes, differs",
    [
        ([], {}),
        # The same page, printed otherwise
        ([("KINH TẾ KINH TẾ", "KINH TẾ")], {}),
        ([("KINH TẾ KINH TẾ", "KINH TẾ\nKINH TẾ")], {}),
        ([("KINH TẾ KINH TẾ\n", "KINH TẾ")], {}),
        ([("KINH TẾ KINH TẾ", "Trang chủ > Tin tức > Kinh tế")], {}),
        ([("Thống kê truy cập Thống kê truy cập", "THỐNG KÊ TRUY CẬP"), ("ĐƯỜNG DÂY NÓNG", "Đường dây nóng Đường dây nóng")], {}),
        ([("ĐƯỜNG DÂY NÓNG", "ĐƯỜNG DÂY NÓNG\n\nĐƯỜNG DÂY NÓNG"), ("Bản đồ số", "Bản đồ số\nBản đồ số")], {}),
        ([("\n\n", "\n")], {}),
        ([("\n", "\n\n\n")], {}),
        ([("\n", "\r\n")], {}),
        ([("\n", "\r")], {}),
        ([("\n", "\u2028")], {}),
        ([(" ", "\u00a0")], {}),
        ([(" ", "  ")], {}),
        ([("\n", " \t\n\u200b")], {}),
        # The line under the title
        ([("Publish date 05/06/2024 | 08:05  | Lượt xem: 7", "Ngày đăng: 05/06/2024 - 8h05 - Lượt xem: 7")], {}),
        ([("Publish date 05/06/2024 | 08:05  | Lượt xem: 7", "Thứ Tư, ngày 05/06/2024 | 08:05 (GMT+7) | Lượt xem: 7")], {}),
        ([("Publish date 05/06/2024 | 08:05  | Lượt xem: 7", "Publish date\n5-6-2024 | 8:05 AM | Views: 7")], {}),
        ([("  | Lượt xem: 7", "\nLượt xem: 7")], {}),
        ([("Lượt xem: 7", "Lượt xem: 1.234")], {"views": 1234}),
        ([("Lượt xem: 7", "Lượt xem: 1,234,567")], {"views": 1234567}),
        ([("Lượt xem: 7", "Lượt xem: ")], {"views": None}),
        ([("  | Lượt xem: 7", "")], {"views": None}),
        ([(" | 08:05  |", " |")], {"at": "2024-06-05T00:00:00+07:00"}),
        # Counters
        ([(ENGLISH_COUNTERS, VIETNAMESE_COUNTERS)], {}),
        ([(ENGLISH_COUNTERS, VIETNAMESE_COUNTERS.replace(": ", "\n"))], {}),
        ([("Access in month: 3000\n", "")], {"counters": {"week": 700, "year": 40000, "total": 500000}}),
        ([("Total visited: 500000", "Total visited: 50.00")], {"counters": {"week": 700, "month": 3000, "year": 40000}}),
        # Sections that are missing
        ([(PAGE[: PAGE.index("ĐƯỜNG DÂY NÓNG")], "")], {"menu": []}),
        ([(PAGE[PAGE.index("ĐƯỜNG DÂY NÓNG") : PAGE.index("Thống kê")], "")], {"hotlines": []}),
        ([(PAGE[PAGE.index("Thống kê") : PAGE.index("KINH TẾ KINH")], "")], {"counters": {}}),
        ([(PAGE[PAGE.index("Thống kê") : PAGE.index("KINH TẾ KINH")], ""), ("KINH TẾ KINH TẾ", "KINH TẾ")], {"counters": {}}),
        ([(PAGE[PAGE.index("ĐƯỜNG DÂY NÓNG") : PAGE.index("KINH TẾ KINH")], "")], {"hotlines": [], "counters": {}}),
        ([("Bản đồ số", "")], {}),
        ([(PAGE[PAGE.index("Bản đồ số") :], "")], {"question": None}),
        ([(PAGE[: PAGE.index("KINH TẾ KINH")], ""), (PAGE[PAGE.index("Bản đồ") :], "")], {"menu": [], **NOTHING}),
        ([("KINH TẾ KINH TẾ", "")], {"category": ""}),
        # Menus of other lengths, with the names of boxes in them
        ([("TIN TỨC - SỰ KIỆN", "")], {"menu": ["Giới thiệu chung"]}),
        (
            [("TIN TỨC - SỰ KIỆN", "TIN TỨC - SỰ KIỆN\nĐường dây nóng\nBản đồ số\nBình chọn\nGiới thiệu chung")],
            {"menu": ["Giới thiệu chung", "Tin tức - Sự kiện", "Đường dây nóng", "Bản đồ số", "Bình chọn"]},
        ),
        ([("TIN TỨC - SỰ KIỆN", "\n".join(f"Dòng {n} của một thứ khác" for n in range(100)))], {"menu": []}),
        # The article
        ([("Chợ đêm phường Hạ Đình mở", "Chợ đêm phường Hạ Đình\nmở")], {}),
        ([("\n\nPhòng Kinh tế", "\n\nPhòng Kinh tế\n\nIn bài viết\nChia sẻ\nTin liên quan\nChợ Nguyên (02/06/2024)")], {}),
        ([("Phòng Kinh tế\n", "")], {"office": ""}),
        ([("Có 120 gian", "Bản đồ số\n\nCó 120 gian")], {"text": [EXPECTED["text"][0], "Bản đồ số", EXPECTED["text"][1]]}),
        ([(EXPECTED["text"][0], ""), (EXPECTED["text"][1], ""), ("Phòng Kinh tế", "")], {"text": [""], "office": ""}),
    ],
)  # fmt: skip
def test_every_spelling_of_a_page_gives_the_same_facts(changes, differs):
    assert facts(parse(*changes)) == {**EXPECTED, **differs}


@pytest.mark.parametrize(
    "box, expected",
    [
        ("Công an quận\n113", [("Công an quận", "Đường dây nóng", "113")]),
        ("UBND Quận\nTiếp công dân: (024) 62.933.647", [("UBND Quận", "Tiếp công dân", "+842462933647")]),
        (
            "UBND Quận\nTiếp công dân\nĐT: 024.62933647 (giờ hành chính)",
            [("UBND Quận", "Tiếp công dân", "+842462933647")],
        ),
        (
            "UBND Quận\nTiếp công dân\n024.62933647 - 0868216873\nPhòng cháy chữa cháy\n114\nTrạm Y tế phường\nCấp cứu\n115",
            [
                ("UBND Quận", "Tiếp công dân", "+842462933647"),
                ("UBND Quận", "Tiếp công dân", "+84868216873"),
                ("UBND Quận", "Phòng cháy chữa cháy", "114"),
                ("Trạm Y tế phường", "Cấp cứu", "115"),
            ],
        ),
        ("UBND Quận\nTiếp công dân\n024.6293364\nTTHC\n1022", [("UBND Quận", "TTHC", "1022")]),
        ("UBND Quận\nTiếp công dân\nđang cập nhật", []),
        ("Tiếp công dân\n024.62933647", []),
    ],
)
def test_hotlines_are_read_by_office_purpose_and_number(box, expected):
    found = parse(("UBND Quận\n\nTiếp công dân\n\n024.62933647", box)).boxes.hotlines
    assert [(h.office, h.purpose, h.dialled) for h in found] == expected


def test_what_is_not_taken_is_named_with_the_reason():
    left_out = dict(parse(("024.62933647", "024.6293364")).left_out)
    assert left_out == {
        "Skip to Content": "phần phụ của giao diện cũ; cổng mới có của mình",
        "UBND Quận, Tiếp công dân: 024.6293364": "không phải số điện thoại gọi được",
        "User Online: 12": "số người đang xem chỉ đúng lúc chụp trang, không phải số để cộng tiếp",
        "Bản đồ số": "ô bản đồ của cổng cũ không có dữ liệu trong văn bản",
    }


def test_a_page_in_vietnamese_with_several_offices_and_answers():
    found = page.parse(reading.read(DATA / "doi-thoai-doanh-nghiep.txt"))
    assert found.story.title == "Đối thoại với hộ kinh doanh về thuế và mặt bằng"
    assert found.story.views == 1234
    assert found.story.paragraphs[1] == "Bản đồ số"
    assert found.boxes.menu == ["Trang chủ", "Giới thiệu chung", "Kinh tế", "Thủ tục hành chính"]
    assert [(h.office, h.dialled) for h in found.boxes.hotlines] == [
        ("UBND quận", "+842462933647"),
        ("UBND quận", "+842438585652"),
        ("UBND quận", "+84868216873"),
        ("Công an Quận", "113"),
    ]
    assert found.boxes.counters == {"week": 7310, "month": 21450, "year": 300120, "total": 9876543}
    assert found.boxes.poll.options == ["Rất tốt", "Tốt", "Chưa tốt"]


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode("utf-8-sig"),
        lambda text: unicodedata.normalize("NFD", text).encode(),
        lambda text: text.encode("utf-16"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-16-be"),
        # Windows-1258 writes tones as marks of their own, after letters like ê and ơ
        lambda text: "".join(to_windows(c) for c in text).encode("cp1258"),
    ],
    ids=["mark", "NFD", "UTF-16", "UTF-16LE", "UTF-16BE", "Windows-1258"],
)
def test_the_encoding_of_a_file_does_not_matter(encode):
    assert facts(page.parse(reading.decoded(encode(PAGE)))) == EXPECTED


def to_windows(letter):
    tones = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
    apart = unicodedata.normalize("NFD", letter)
    base = unicodedata.normalize("NFC", "".join(c for c in apart if c not in tones))
    return base + "".join(c for c in apart if c in tones)


@pytest.mark.parametrize(
    "data, reason",
    [
        (b"", "rỗng"),
        (b"\xef\xbb\xbf \r\n\xc2\xa0", "rỗng"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n\x00\x01\x02" * 20, "không phải văn bản"),
        (b"PK\x03\x04\x14\x00\x06\x00\x08\x00" * 20, "nhị phân"),
        (bytes(range(256)) * 8, "không phải văn bản"),
        (b"<!DOCTYPE html><html><body><p>Publish date 05/06/2024</p></body></html>", "HTML"),
        (PAGE.replace("\n\n", "</p>\n<p>").encode(), "HTML"),
        (PAGE.encode("utf-8").decode("cp1252", "replace").encode(), "bảng mã"),
        ("Céng hßa x· héi chñ nghÜa ViÖt Nam §éc lËp Tù do H¹nh phóc Publish date 05/06/2024".encode(), "bảng mã"),
        ("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam, Ñoäc laäp Töï do Haïnh phuùc".encode(), "bảng mã"),
        (PAGE.encode()[:-100] + b"\xe1\xba", "byte thứ"),
        (
            b"Xin ch\xc3\xa0o, \xc4\x91\xc3\xa2y l\xc3\xa0 m\xe1\xbb\x99t b\xe1\xba\xa3n ghi nh\xe1\xbb\x9b.",
            "Ngày đăng",
        ),
        ((DATA / "danh-sach.txt").read_bytes(), "trang danh sách"),
        (b"Publish date 05/06/2024 | 08:05", "tiêu đề"),
        (PAGE.replace("05/06/2024 |", "31/06/2024 |").encode(), "không có thật: 31/06/2024"),
        (PAGE.replace("| 08:05", "| 25:61").encode(), "không có thật: 05/06/2024 25:61"),
    ],
)
def test_a_file_that_is_no_page_is_refused_with_the_reason(data, reason):
    with pytest.raises(reading.NotUnderstood, match=reason):
        page.parse(reading.decoded(data))


@pytest.mark.parametrize(
    "line",
    [
        "Tính đến ngày 22/01/2025, quận đã tặng quà tới 51.186 người.",
        "22/01/2025",
        "Ngày đăng ký cuối cùng của đợt tuyển sinh lớp 1 năm nay là 22/01/2025 tại các trường",
        "Cập nhật tình hình bão số 3 đến 16:00 ngày 22/01/2025 của Ban Chỉ huy",
        "",
    ],
)
def test_a_sentence_with_a_date_is_no_stamp(line):
    assert stamp.read(line) is None


@pytest.mark.parametrize(
    "name, calm",
    [
        ("VĂN HÓA - XÃ HỘI", "Văn hóa - Xã hội"),
        ("UBND QUẬN", "UBND quận"),
        ("HĐND VÀ UBND", "HĐND và UBND"),
        ("AN SINH XÃ HỘI GIAI ĐOẠN II", "An sinh xã hội giai đoạn II"),
        ("TTHC", "TTHC"),
        ("Văn hóa - Xã hội", "Văn hóa - Xã hội"),
        ("Y TẾ", "Y tế"),
    ],
)
def test_names_in_capitals_are_calmed(name, calm):
    assert names.calm(name) == calm


@pytest.mark.parametrize(
    "line, byline, office",
    [
        ("Phòng Lao động - Thương binh và Xã hội", True, True),
        ("UBND phường Hạ Đình", True, True),
        ("Công an quận", True, True),
        ("Ban Chỉ huy Quân sự", True, True),
        ("Liên đoàn Lao động quận", True, True),
        ("PHÒNG TƯ PHÁP", True, True),
        ("Nguyễn Thị Minh Khai", True, False),
        ("Thu Hà - Minh Đức", True, False),
        ("Nguồn: thanhxuan.hanoi.gov.vn", True, False),
        ("Tin, ảnh: Phòng Văn hóa và Thông tin", True, True),
        ("Phòng chống dịch được thực hiện tốt", False, False),
        ("Phòng cháy hơn chữa cháy", False, False),
        ("Ban hành kế hoạch năm 2025", False, False),
        ("Quận có 11 phường", False, False),
        ("Một số hình ảnh tại hội nghị", False, False),
        ("Phòng Tư pháp đã tổ chức hội nghị.", False, False),
        ("UBND quận tặng quà cho các hộ nghèo trên địa bàn 11 phường;", False, False),
    ],
)
def test_a_signature_is_told_from_a_sentence(line, byline, office):
    found = names.signature(line)
    assert (bool(found[0]), bool(found[1])) == (byline, office)

"""Import and export: good rows come in, bad ones are named; what goes out comes back without a change."""

import csv
import io
import zipfile
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from openpyxl import Workbook, load_workbook

from hotlines import exchange, tables
from hotlines.models import FormerNumber, Hotline, Office
from tests.desk import sign_in
from tests.factories import make_hotline, make_office

pytestmark = pytest.mark.django_db
IMPORT, EXPORT = "/quan-tri/hotlines/hotline/nhap/", "/quan-tri/hotlines/hotline/xuat/"
HEAD = ["Cơ quan", "Mục đích", "Số điện thoại", "Máy lẻ", "Giờ trực", "Kiểm tra ngày", "Trong hộp", "Ghi chú"]
BAD = [
    ({0: "Phòng không có"}, "Cơ quan: Danh bạ không có cơ quan “Phòng không có”."),
    ({0: ""}, "Cơ quan: Thiếu tên cơ quan."),
    ({1: ""}, "Mục đích: Mục này không được để trống."),
    ({2: "abc"}, "Số điện thoại: “abc” không phải là số điện thoại."),
    ({2: "024.62933647 máy lẻ 3"}, "Số điện thoại: “024.62933647 máy lẻ 3” không phải là số điện thoại."),
    ({2: ""}, "Số điện thoại: Mục này không được để trống."),
    ({3: "1a"}, "Máy lẻ: Máy lẻ chỉ gồm chữ số."),
    ({4: "hành chính"}, "Giờ trực: Không hiểu “hành chính”."),
    ({5: "31/02/2025"}, "Kiểm tra ngày: Không hiểu “31/02/2025”."),
    ({6: "có lẽ"}, "Trong hộp: Không hiểu “có lẽ”."),
]


def csv_file(rows, delimiter=",", encoding="utf-8-sig"):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue().encode(encoding)


def good(n):
    return [f"Phòng {n % 20}", f"Việc {n}", f"024.3858.{n:04d}", "", "T2-T6 8:00-17:00", "22/01/2025", "", "Số mẫu"]


def many(number, bad):
    """`number` rows, of them `bad` wrong ones: (rows with their head, {row of the file: its reason})."""
    for n in range(20):
        make_office(name=f"Phòng {n}")
    rows, reasons = [HEAD], {}
    for n in range(number):
        row = good(n)
        if n % 33 == 7 and len(reasons) < bad:
            spoilt, reason = BAD[len(reasons) % len(BAD)]
            for place, cell in spoilt.items():
                row[place] = cell
            reasons[n + 2] = reason
        rows.append(row)
    assert len(reasons) == bad
    return rows, reasons


def xlsx_file(rows):
    book, out = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet()
    for row in rows:
        sheet.append(row)
    book.save(out)
    return out.getvalue()


def take(rows, kind="csv", **options):
    file = csv_file(rows) if kind == "csv" else xlsx_file(rows)
    return exchange.take(tables.read(f"a.{kind}", file), by=None, **options)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_of_a_thousand_rows_970_come_in_and_30_are_named_and_again_nothing_changes(kind, django_assert_max_num_queries):
    rows, reasons = many(1000, bad=30)
    trial = take(rows, kind, is_trial=True)
    assert (trial.counts, Hotline.objects.count()) == ({"add": 970, "change": 0, "same": 0, "bad": 30}, 0)
    with django_assert_max_num_queries(60):
        report = take(rows, kind)
    assert (report.counts, Hotline.objects.count()) == (trial.counts, 970)
    named = {row.number: row.reasons for row in report.of("bad")}
    assert named.keys() == reasons.keys()
    for number, reason in reasons.items():
        assert named[number][0].startswith(reason)
    assert take(rows, kind).counts == {"add": 0, "change": 0, "same": 970, "bad": 30}
    assert Office.objects.filter(text_words__contains="02438580001").exists()  # by which search finds it


def test_the_same_as_a_command(tmp_path):
    rows, reasons = many(100, bad=3)
    file = tmp_path / "danh-ba.csv"
    file.write_bytes(csv_file(rows, ";"))
    said = []
    for options in ({"dry_run": True}, {}, {}):
        out = StringIO()
        call_command("import_hotlines", str(file), stdout=out, **options)
        said.append(out.getvalue())
    assert "Chạy thử: thêm 97, sửa 0, không đổi 0, không nhận 3; cơ quan mới 0." in said[0]
    assert "\nthêm 97, sửa 0, không đổi 0, không nhận 3; cơ quan mới 0." in said[1]
    assert "\nthêm 0, sửa 0, không đổi 97, không nhận 3; cơ quan mới 0." in said[2]
    assert [f"Dòng {number}: " in said[1] for number in reasons] == [True] * 3
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_hotlines", str(tmp_path / "khong-co.csv"))


# --- In the admin -----------------------------------------------------------------------------------------------------
def upload(client, name, content, **more):
    return client.post(IMPORT, {"file": SimpleUploadedFile(name, content), **more})


def test_in_the_admin_the_preview_comes_first(admin_client, text_of):
    rows, reasons = many(100, bad=3)
    page = upload(admin_client, "a.csv", csv_file(rows))
    assert not Hotline.objects.exists()
    shown = text_of(page)
    assert "Thêm mới 97 Thay đổi 0 Giữ nguyên 0 Dòng không nhận 3" in shown
    assert all(f"{number} " in shown and reason in shown for number, reason in reasons.items())
    done = admin_client.post(IMPORT, {"rows": page.context["rows"]}, follow=True)
    assert "Đã thêm 97 số, sửa 0, giữ nguyên 0; không nhận 3 dòng." in text_of(done)
    assert Hotline.objects.count() == 97
    assert '"add": 97' in LogEntry.objects.latest("pk").change_message
    assert "Không có gì để nhập." in text_of(upload(admin_client, "a.csv", csv_file(rows)))


def test_rows_that_no_preview_showed_are_refused(admin_client, text_of):
    answer = admin_client.post(IMPORT, {"rows": "forged"}, follow=True)
    assert "Hãy chọn lại tệp." in text_of(answer)
    page = upload(admin_client, "a.csv", csv_file([HEAD, good(1)]), makes_offices="on")
    other = sign_in("hotlines.add_hotline", "hotlines.change_hotline", "hotlines.view_hotline")
    assert "Hãy chọn lại tệp." in text_of(other.post(IMPORT, {"rows": page.context["rows"]}, follow=True))
    assert not Hotline.objects.exists()


def test_new_offices_come_only_if_one_asks_for_them_and_may(admin_client, text_of):
    rows = csv_file([HEAD, good(1), good(21)])
    assert "Danh bạ không có cơ quan “Phòng 1”" in text_of(upload(admin_client, "a.csv", rows))
    page = upload(admin_client, "a.csv", rows, makes_offices="on")
    assert "Cơ quan mới: Phòng 1" in text_of(page)
    admin_client.post(IMPORT, {"rows": page.context["rows"]})
    assert Office.objects.get().hotlines.count() == 2
    User.objects.update(username="khac")
    clerk = sign_in("hotlines.add_hotline", "hotlines.change_hotline", "hotlines.view_hotline")
    assert upload(clerk, "a.csv", rows, makes_offices="on").status_code == 403


def test_who_may_not_write_hotlines_imports_none_and_who_may_not_read_them_takes_none_out():
    viewer = sign_in("hotlines.view_hotline")
    assert viewer.get(IMPORT).status_code == 403
    assert viewer.post(EXPORT, {"kind": "csv"}).status_code == 200
    assert viewer.get(EXPORT).status_code == 405
    User.objects.update(username="khac")
    assert sign_in("news.view_article").post(EXPORT, {"kind": "csv"}).status_code == 403


def bomb():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b"0" * 60_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.csv", b"", "trống|rỗng|không có"),
        ("a.csv", b"\xff\xfe\xfa", "UTF-8"),
        ("a.csv", "Cơ quan,Mục đích".encode("cp1258", "replace"), "UTF-8|tên cột"),
        ("a.csv", b"ten,so\nA,1", "còn thiếu: Cơ quan, Mục đích, Số điện thoại"),
        ("a.csv", b'a,"' + b"x" * 200_000, "CSV"),
        ("a.xlsx", b"PK\x03\x04 broken", "XLSX"),
        ("a.xlsx", bomb, "XLSX"),
        ("a.csv", lambda: csv_file([HEAD, *(good(n) for n in range(5002))]), "5.000"),
        ("a.csv", b"x" * (5 * 1024 * 1024 + 1), "5 MB"),
    ],
    ids=["empty", "no UTF-8", "another code", "another head", "no end", "broken", "bomb", "too long", "too large"],
)
def test_a_file_that_is_none_is_refused_in_words(admin_client, name, content, why, text_of):
    page = upload(admin_client, name, content() if callable(content) else content)
    assert page.status_code == 200
    errors = " ".join(page.context["form"].errors.get("file", []))
    assert any(words in errors for words in why.split("|")), errors


# --- What files look like ---------------------------------------------------------------------------------------------
def test_a_spreadsheet_that_has_its_own_mind_is_understood():
    make_office(name="Phòng Y tế", abbreviation="YT")
    book = Workbook()
    book.active.append(["Ghi chú", "SỐ ĐIỆN THOẠI", "mục đích", "Cơ Quan", "Trong hộp", "Kiểm tra ngày", "Cột lạ"])
    book.active.append([None, 868216873, "  An toàn   thực phẩm ", "yt", True, None, "x"])
    book.active.append([])
    book.active.append(["'=1+1", "'0242 4 x".replace(" x", ""), "Khác", "PHÒNG Y TẾ", "x", None, None])
    out = io.BytesIO()
    book.save(out)
    report = exchange.take(tables.read("A.XLSX", out.getvalue()), by=None)
    assert report.unknown_columns == ["Cột lạ"]
    assert [(row.number, row.verb) for row in report.rows] == [(2, "add"), (4, "bad")]
    line = Hotline.objects.get()
    assert (line.number, line.dialled, line.purpose, line.is_in_box) == (
        *("0868216873", "+84868216873", "An toàn thực phẩm", True),
    )


def test_a_row_with_its_code_changes_that_hotline_and_missing_columns_nothing():
    line = make_hotline(note="Giữ", duty="24/7")
    other = make_office(name="Nơi khác")
    rows = [["Mã số", "Cơ quan", "Mục đích", "Số điện thoại"], [line.pk, "Nơi khác", "Việc mới", "+84 868 216 873"]]
    report = take(rows)
    assert [row.changes for row in report.of("change")] == [["Mục đích", "Số điện thoại", "Cơ quan"]]
    line.refresh_from_db()
    assert (line.office, line.purpose, line.dialled, line.note, line.duty) == (
        *(other, "Việc mới", "+84868216873", "Giữ", "24/7"),
    )
    rows.append(["999999", "Nơi khác", "Việc", "113"])
    assert "Không có đường dây nóng nào mang mã số này" in take(rows).of("bad")[0].reasons[0]


def test_twins_in_the_file_second_switchboards_and_shared_numbers(text_of):
    make_hotline(office=make_office(name="A"), is_switchboard=True)
    make_office(name="B")
    head = ["Cơ quan", "Mục đích", "Số điện thoại", "Tổng đài"]
    rows = [head, ["B", "Việc", "113", ""], ["B", "Việc", "1 1 3", ""], ["A", "Khác", "114", "có"],
            ["B", "Khác", "024 62933647", "có"], ["B", "Nữa", "115", "có"]]  # fmt: skip
    report = take(rows)
    assert {row.number: row.reasons for row in report.of("bad")} == {
        3: ["Trùng với dòng 2 của tệp."],
        4: ["Tổng đài: Cơ quan này đã có tổng đài."],
        6: ["Tổng đài: Cơ quan này đã có tổng đài."],
    }
    assert {row.number: row.warnings for row in report.rows if row.warnings} == {
        5: ["Số này cũng đang dùng ở: A – Tiếp công dân."]
    }


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_goes_out_cannot_be_run_and_comes_back_unchanged(admin_client, admin_user, kind):
    office = make_office(name="@Phòng")
    make_hotline(
        office=office,
        purpose="=CMD()",
        number="+84 24 6293 3647",
        extension="12",
        duty="T2 8:00-9:00",
        owner=admin_user,
    )
    make_hotline(office=office, purpose="-Khác", number="0868216873", is_switchboard=True, note="'tốt'")
    answer = admin_client.post(EXPORT, {"kind": kind})
    log = LogEntry.objects.latest("pk")
    assert (log.user, f'"kind": "{kind}", "rows": 2' in log.change_message) == (admin_user, True)
    if kind == "csv":
        cells = [cell for row in csv.reader(StringIO(answer.content.decode("utf-8-sig"))) for cell in row]
    else:
        sheet = load_workbook(io.BytesIO(answer.content)).active
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
        cells = [str(cell.value or "") for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
    report = exchange.take(tables.read(f"a.{kind}", answer.content), by=None)
    assert report.counts == {"add": 0, "change": 0, "same": 2, "bad": 0}


def test_a_bad_row_leaves_no_trace_for_a_good_one_about_the_same_hotline():
    line = make_hotline(office=make_office(name="A"), note="Cũ")
    rows = [["Mã số", "Cơ quan", "Mục đích", "Số điện thoại", "Ghi chú"],
            [line.pk, "A", "Tiếp công dân", "abc", "Mới"], [line.pk, "A", "Tiếp công dân", "024.62933647", "Mới"]]  # fmt: skip
    report = take(rows)
    assert [(row.verb, row.changes) for row in report.rows] == [("bad", []), ("change", ["Ghi chú"])]
    line.refresh_from_db()
    assert line.note == "Mới"


def test_a_changed_number_of_an_import_is_remembered_as_former():
    line = make_hotline(office=make_office(name="A"))
    take([["Mã số", "Cơ quan", "Mục đích", "Số điện thoại"], [line.pk, "A", "Tiếp công dân", "113"]])
    assert FormerNumber.objects.get().number == "024.62933647"

"""`manage.py import_legacy`: what is stored, what a second run leaves alone, what the report says, how files fail."""

import io
import re
from datetime import date

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone

from hotlines.models import Hotline, Office
from news.models import Article, Category
from polls.models import Poll
from portal import searching
from portal.lib import html
from portal.models import MenuItem, Redirect
from stats import figures
from stats.models import VISIT, OpeningBalance
from tests.factories import make_article, make_category, make_hotline, make_office, make_page, make_poll
from tests.portal.test_legacy_page import DATA, PAGE

REAL = DATA / "trang-that.txt"
pytestmark = pytest.mark.django_db


@pytest.fixture
def run():
    """Function: runs the command; returns what it printed."""

    def run(*files, **options):
        printed = io.StringIO()
        call_command("import_legacy", *map(str, files), stdout=printed, stderr=printed, **options)
        return printed.getvalue()

    return run


@pytest.fixture
def write(tmp_path):
    """Function: a file of PAGE with (old, new) replaced."""

    def write(*changes, name="trang.txt", text=PAGE):
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def everything():
    """All rows of all tables."""
    return {
        model._meta.label: sorted(map(repr, model.objects.values_list(*_plain_columns(model))))
        for label in ("news", "hotlines", "polls", "portal", "stats")
        for model in apps.get_app_config(label).get_models()
    }


def _plain_columns(model):
    return [field.attname for field in model._meta.concrete_fields if field.get_internal_type() != "BinaryField"]


# --- The real page ------------------------------------------------------------------------------------------


def test_the_real_page_is_stored_whole(run):
    report = run(REAL)
    article = Article.objects.get()
    assert article.title.startswith("Quận Thanh Xuân: Đảm bảo an sinh xã hội, đặc biệt là")
    assert timezone.localtime(article.published_at).isoformat() == "2025-01-22T16:12:00+07:00"
    assert article.category.name == "Văn hóa - Xã hội"
    assert article.office.name == article.byline == "Phòng Lao động - Thương binh và Xã hội"
    assert Article.objects.public().get() == article
    assert figures.views([article.count_key]) == {article.count_key: 40}
    stored = f"{article.title} {article.lead} {html.plain(article.body)} {article.byline}".split()
    printed = REAL.read_text(encoding="utf-8")
    story = printed[printed.index("Quận Thanh Xuân: Đảm bảo") : printed.index("Bản đồ số")]
    assert stored == re.sub(r"Publish date.*", "", story).split()
    assert article.body.count("<p>") == 9
    assert "1436 từ → 1436 từ; 101 con số → 101 con số: khớp hoàn toàn" in report


def test_the_boxes_of_the_real_page_are_stored(run):
    run(REAL)
    assert [(str(h.office), h.purpose, h.tel) for h in Hotline.objects.public()] == [
        ("UBND Quận", "Tiếp công dân", "tel:+842462933647"),
        ("UBND Quận", "Giải quyết TTHC", "tel:+842438585652"),
        ("UBND Quận", "An toàn thực phẩm", "tel:+84868216873"),
    ]
    balance = OpeningBalance.objects.get(key=VISIT)
    assert (balance.total, balance.year, balance.month, balance.week) == (14817597, 453979, 453979, 122460)
    assert balance.as_of == date(2025, 1, 22)
    assert REAL.name in balance.source
    assert figures.visits()["total"] == 14817597
    assert [item.label for item in MenuItem.objects.all()] == [
        "Giới thiệu chung",
        "Tin tức - Sự kiện",
        "Cải cách hành chính",
    ]
    poll = Poll.objects.get()
    assert (poll.question, poll.is_approved, poll.options.count()) == (
        "Khả năng đáp ứng thông tin của Cổng TTĐT ?",
        False,
        0,
    )


def test_the_report_on_the_real_page_says_what_was_left_out_and_which_figures_are_doubtful(run):
    report = run(REAL)
    for line in (
        "“User Online: 5887”: số người đang xem chỉ đúng lúc chụp trang",
        "viết lại từ “VĂN HÓA - XÃ HỘI”",
        "phương án không còn trong văn bản",
        "Khoảng trắng kép ở 1 chỗ",
    ):
        assert line in report
    doubtful = report[report.index("Con số cần xem lại") :]
    named = [line.split(":")[0].strip() for line in doubtful.splitlines()[1:-1]]
    assert named == [
        "352 tỷ đồng (vượt 234,7% so với dự kiến 150 tỷ",
        "651.211.000",
        "852.3",
        "20/01/2025",
        "136.000.0000",
    ]


def test_a_second_run_changes_nothing(run):
    run(REAL)
    before = everything()
    assert "Đã có từ lần nhập trước" in run(REAL)
    assert everything() == before


@pytest.mark.parametrize("demo_first", [True, pytest.param(False, marks=pytest.mark.thorough)])
def test_it_stands_beside_the_demo_in_either_order(run, demo_first, quick_pictures):
    if demo_first:
        call_command("seed_demo", quiet=True)
    run(REAL)
    if not demo_first:
        call_command("seed_demo", quiet=True)
    before = everything()
    call_command("seed_demo", quiet=True)
    run(REAL)
    assert everything() == before
    box = [h.dialled for h in Hotline.objects.public().in_box() if h.office.name == "UBND Quận"]
    assert box == ["+842462933647", "+842438585652", "+84868216873"]
    assert Office.objects.filter(name__icontains="Thương binh").count() == 1
    assert Category.objects.filter(name__iexact="văn hóa - xã hội").count() == 1
    assert Poll.objects.filter(question__startswith="Khả năng đáp ứng").count() == 1
    assert OpeningBalance.objects.filter(key=VISIT).count() == 1
    assert MenuItem.objects.filter(label__iexact="Giới thiệu chung").count() == 1


# --- What is there already ----------------------------------------------------------------------------------


def test_what_bears_the_same_name_in_another_spelling_is_used_and_left_as_it_is(run, write):
    category = make_category(name="Kinh tế")
    office = make_office(name="phòng  kinh tế")
    authority = make_office(name="Ủy ban nhân dân quận", abbreviation="UBND quận")
    make_hotline(office=authority, purpose="Tiếp Công Dân", number="(024) 62 933 647")
    make_poll(question="Cổng này có ích không?")
    menu = MenuItem.objects.create(label="Giới Thiệu Chung", target="none")
    OpeningBalance.objects.create(key=VISIT, as_of=date(2024, 6, 1), source="Sổ tay", total=9)
    report = run(write())
    article = Article.objects.get()
    assert (article.category, article.office, article.byline) == (category, office, "Phòng Kinh tế")
    assert Office.objects.count() == 2
    assert Hotline.objects.get().purpose == "Tiếp Công Dân"
    assert Poll.objects.count() == 1
    assert MenuItem.objects.get(pk=menu.pk).label == "Giới Thiệu Chung"
    assert MenuItem.objects.count() == 2
    assert OpeningBalance.objects.get(key=VISIT).total == 9
    assert "[đã có, giữ nguyên; số đang dùng: 9 tính đến 01/06/2024 (Sổ tay)]" in report


def test_an_office_that_has_the_numbers_under_another_name_is_not_doubled(run, write):
    office = make_office(name="UBND quận Thanh Xuân")
    make_hotline(office=office, purpose="Tiếp công dân", number="02462933647")
    run(write())
    assert Hotline.objects.get().office == office
    assert not Office.objects.filter(name="UBND Quận").exists()


def test_what_staff_have_changed_since_is_left_alone(run, write):
    path = write()
    run(path)
    article = Article.objects.get()
    article.title, article.body = "Tên khác", "<p>Đã sửa: 121 gian hàng.</p>"
    article.save()
    Office.objects.filter(name="UBND Quận").update(name="Ủy ban nhân dân quận")
    Hotline.objects.all().delete()
    MenuItem.objects.update(label="Khác")
    before = everything()
    report = run(path)
    assert everything() == before
    assert "KHÁC NHAU (bài đã được sửa" in report
    assert "Thêm: “Tên”, “khác”" in report


def test_the_same_article_in_two_files_is_one_article(run, write):
    again = write(("KINH TẾ KINH TẾ", "KINH TẾ"), ("Chợ đêm", "CHỢ ĐÊM"), name="b.txt")
    report = run(write(), again)
    assert Article.objects.count() == 1
    assert report.count("Đã có từ lần nhập trước") == 1


def test_menu_items_lead_to_what_bears_their_name(run, write):
    category = make_category(name="Cải cách hành chính")
    page = make_page(title="Giới thiệu chung")
    run(write(("TIN TỨC - SỰ KIỆN", "TIN TỨC - SỰ KIỆN\nCải cách hành chính\nTrang chủ\nDanh bạ\nBản đồ số")))
    assert [(item.label, item.target, item.url) for item in MenuItem.objects.all()] == [
        ("Giới thiệu chung", "page", page.get_absolute_url()),
        ("Tin tức - Sự kiện", "news", "/tin-tuc/"),
        ("Cải cách hành chính", "category", category.get_absolute_url()),
        ("Trang chủ", "address", "/"),
        ("Danh bạ", "none", None),
        ("Bản đồ số", "map", "/ban-do/"),
    ]


def test_many_pages_share_what_stands_around_them(run, write):
    paths = [write(("Chợ đêm phường", f"Chợ đêm số {n} phường"), name=f"{n}.txt") for n in range(30)]
    report = run(*paths, quiet=True)
    assert report == "30/30 tệp đã nhập.\n"
    assert (Article.objects.count(), Category.objects.count(), Office.objects.count()) == (30, 1, 2)
    assert (Hotline.objects.count(), MenuItem.objects.count(), Poll.objects.count()) == (1, 2, 1)
    assert OpeningBalance.objects.count() == 31


# --- Pages that lack something ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes, reason",
    [
        ([("KINH TẾ KINH TẾ", "")], "trang không ghi chuyên mục"),
        ([(PAGE[PAGE.index("Từ ngày") : PAGE.index("Bản đồ")], "")], "trang không có đoạn văn nào"),
        ([("05/06/2024 |", "05/06/2099 |")], "ngày đăng ở tương lai"),
    ],
)
def test_an_article_that_an_editor_must_see_first_is_a_draft(run, write, changes, reason):
    assert reason in run(write(*changes))
    assert Article.objects.get().state == Article.State.DRAFT
    assert not Article.objects.public().exists()


def test_answers_of_a_poll_come_along_when_the_text_has_them(run):
    report = run(DATA / "doi-thoai-doanh-nghiep.txt")
    poll = Poll.objects.get()
    assert not poll.is_approved
    assert [option.text for option in poll.options.all()] == ["Rất tốt", "Tốt", "Chưa tốt"]
    assert "“○ Rất tốt (120 phiếu)”: phiếu cũ không cộng tiếp" in report
    assert "Trạm Y tế" not in " ".join(Office.objects.values_list("name", flat=True))


def test_markup_in_the_text_is_text(run, write):
    report = run(write(("Có 120 gian", "Có <b>120</b> & <script>alert(1)</script> &nbsp; gian")))
    article = Article.objects.get()
    assert "&lt;b&gt;120&lt;/b&gt; &amp; &lt;script&gt;" in article.body
    assert "khớp hoàn toàn" in report


def test_counters_without_a_total_are_not_taken(run, write):
    assert "KHÔNG nhận: thiếu tổng" in run(write(("Total visited: 500000", "")))
    assert not OpeningBalance.objects.filter(key=VISIT).exists()


def test_the_day_of_the_counters_can_be_given(run, write):
    assert "hãy cho ngày chụp trang bằng --as-of" in run(write(("month: 3000", "month: 40000")))
    assert OpeningBalance.objects.get(key=VISIT).as_of == date(2024, 6, 5)
    OpeningBalance.objects.all().delete()
    Article.objects.all().delete()
    assert "--as-of" not in run(write(("month: 3000", "month: 40000")), as_of=date(2025, 1, 22))
    assert set(OpeningBalance.objects.values_list("as_of", flat=True)) == {date(2025, 1, 22)}


# --- Files that fail, rehearsals ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes, reason",
    [
        ([("Publish date", "Không ngày")], "không thấy dòng “Ngày đăng"),
        ([("Chợ đêm phường", "Chợ đêm " * 60 + "phường")], "bài viết “Chợ đêm"),
        ([("Chợ đêm phường Hạ Đình mở lại từ tháng 6 năm 2024", "🎉🎉🎉")], "bài viết “🎉🎉🎉” không lưu được"),
        ([("UBND Quận", "UBND " + "Quận " * 60)], "cơ quan “UBND Quận Quận"),
        ([("Cổng này có ích không ?", "Cổng này " * 50)], "bình chọn “Cổng này"),
        ([("Access in week: 700", "Access in week: 99999999999999999999")], "lượt truy cập cũ “"),
        ([("Lượt xem: 7", "Lượt xem: 99999999999999999999")], "lượt xem cũ “"),
        ([("Từ ngày", "chữ " * 260_000)], ""),
    ],
)
def test_a_file_that_fails_leaves_nothing_and_the_others_go_on(write, changes, reason):
    bad, good = write(*changes, name="hong.txt"), write(("Chợ đêm phường", "Chợ sáng phường"), name="tot.txt")
    printed = io.StringIO()
    with pytest.raises(CommandError, match="1 tệp không nhập được"):
        call_command("import_legacy", str(bad), str(good), quiet=True, stdout=printed, stderr=printed)
    named, total = printed.getvalue().splitlines()
    assert named.startswith(f"✗ hong.txt: {reason}")
    assert total == "1/2 tệp đã nhập."
    assert Article.objects.get().title.startswith("Chợ sáng")
    assert (Category.objects.count(), Office.objects.count(), Hotline.objects.count()) == (1, 2, 1)


def test_files_that_cannot_be_read_are_named(run, write, tmp_path):
    paths = [tmp_path / "không-có.txt", tmp_path, write(text="", name="rong.txt"), DATA / "danh-sach.txt"]
    printed = io.StringIO()
    with pytest.raises(CommandError, match="4 tệp không nhập được"):
        call_command("import_legacy", *map(str, paths), stdout=printed, stderr=printed)
    reasons = [line.partition(": ")[2] for line in printed.getvalue().splitlines()[:4]]
    assert [reason[:16] for reason in reasons] == [
        "không có tệp này",
        "đây là thư mục, ",
        "tệp rỗng",
        "có nhiều dòng ng",
    ]
    assert not Article.objects.exists()


def test_a_rehearsal_reports_and_stores_nothing(run, write):
    make_article(title="Bài có từ trước")
    before = everything()
    report = run(write(), write(name="lai.txt"), dry_run=True)
    assert "Sẽ nhập và đăng" in report
    assert "Đã có từ lần nhập trước" in report  # the second file sees the first one
    assert report.endswith("2/2 tệp nhập được (thử, chưa lưu gì).\n")
    assert everything() == before


def test_a_wrong_day_is_refused_in_vietnamese(run, write):
    with pytest.raises(CommandError, match="không phải ngày dạng dd/mm/yyyy"):
        call_command("import_legacy", str(write()), "--as-of", "2025-01-22")


def test_the_article_is_shown_with_its_old_views_and_found_without_accents(run, write, reader, beat, text_of):
    run(write(("Lượt xem: 7", "Lượt xem: 1.234")))
    article = Article.objects.get()
    reader.get(article.get_absolute_url())
    beat()
    shown = text_of(reader.get(article.get_absolute_url()))
    assert "Có 120 gian hàng, trong đó 35 gian của hộ cận nghèo." in shown
    assert "05/06/2024 | 08:05" in shown
    assert "1.235" in shown
    assert "500.001" in shown
    assert searching.find(searching.asked("cho dem ha dinh")).hits[0] == ("article", article.pk)


# --- Addresses of the old portal ----------------------------------------------------------------------------------------
OLD = "https://cu.example/van-hoa/-/asset_publisher/AbC/content/cho-dem-ha-dinh"


def test_an_address_noted_in_the_file_leads_to_the_article(run, write, reader):
    said = run(write(text=f"Nguồn: {OLD}?inheritRedirect=false\n{PAGE}"))
    article = Article.objects.get()
    assert "Địa chỉ cũ" in said and "cu.example" not in article.body
    answer = reader.get("/van-hoa/-/asset_publisher/AbC/content/cho-dem-ha-dinh")
    assert (answer.status_code, answer["Location"]) == (301, article.get_absolute_url())


def test_a_table_names_the_addresses_also_of_what_was_imported_before(run, write, tmp_path):
    file = write()
    run(file)
    assert not Redirect.objects.exists()
    table = tmp_path / "dia-chi.csv"
    table.write_text(f"tệp,địa chỉ\n{file.name},{OLD}\n")
    run(file, addresses=table)
    assert dict(Redirect.objects.values_list("old", "target")) == {
        "/van-hoa/-/asset_publisher/AbC/content/cho-dem-ha-dinh": Article.objects.get().get_absolute_url()
    }

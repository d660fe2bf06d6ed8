"""`manage.py new_portal`: the sample makes a portal that serves, a faulty file is told line by line and makes nothing."""

import re
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from hotlines.models import Hotline, Office
from news.models import Category
from portal import founding
from portal.models import MenuItem, Page, SiteProfile

pytestmark = pytest.mark.django_db
SAMPLE = Path(__file__).resolve().parents[2] / "docs" / "phuong-mau.yaml"


def faults(source):
    with pytest.raises(founding.Faulty) as caught:
        founding.found(source)
    return list(caught.value.args)


def test_the_sample_makes_a_portal_that_serves(reader, text_of):
    assert founding.found(SAMPLE.read_text()) == {
        "cơ quan": 1, "đơn vị": 2, "đường dây nóng": 3, "chuyên mục": 4, "trang": 3, "mục thực đơn": 7, "liên kết": 2,
    }  # fmt: skip
    home = reader.get("/")
    assert (home.status_code, '<html lang="vi" data-accent="blue">' in home.content.decode()) == (200, True)
    assert "Phường Nhân Chính" in text_of(home)
    links = re.findall(r'href="(/[^"#?]*)"', home.content.decode())
    menu = {item.url for item in MenuItem.objects.all()}
    assert menu <= set(links)
    assert {path: reader.get(path).status_code for path in menu} == dict.fromkeys(menu, 200)
    assert "0868216873" in re.sub(r"\D", "", text_of(reader.get("/duong-day-nong/")))


def test_numbers_and_points_come_in_as_they_are_written():
    founding.found(SAMPLE.read_text())
    assert Hotline.objects.get(purpose="An toàn thực phẩm").number == "0868216873"
    assert str(Office.objects.get(kind="authority").lat) == "21.00306"
    assert Page.objects.get(title="Liên hệ").path == "gioi-thieu-chung/lien-he"
    assert "<p>" in Page.objects.get(title="Giới thiệu chung").body


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("", ["dòng 1: tệp trống."]),
        ("ten: [a", ["dòng 1: viết sai YAML (thụt lề, dấu hai chấm, dấu nháy?)"]),
        ("- a", ["dòng 1: cần các mục “tên: giá trị”"]),
        ("cap_tren: UBND", ["dòng 1: thiếu “ten”."]),
        ("ten: A\nmau: tím", ["dòng 2: “mau” là một trong: do, xanh-lam, xanh-luc, cham; không phải “tím”."]),
        ("ten: A\nten: B", ["dòng 2: “ten” có hai lần."]),
        ("ten: A\ndonvi: []", ["dòng 2: không biết “donvi” — ý bạn là “don_vi”?"]),
        ("ten: A\ndon_vi: một", ["dòng 2: “don_vi” là một danh sách"]),
        ("ten: A\ndon_vi:\n  - ten: B\n    thuoc: C", ["dòng 4: “thuoc”: chưa có đơn vị tên “C” ở phía trên."]),
        ("ten: A\ndon_vi:\n  - ten: B\n    toa_do: xa", ["dòng 4: “toa_do” là vĩ độ, kinh độ"]),
        ("ten: A\nthuc_don:\n  - ten: B\n    dan_toi: C", ["dòng 4: “dan_toi”: không có chuyên mục hay trang tên “C”"]),
        ("ten: A\nthuc_don:\n  - ten: B\n    dan_toi: javascript:x", ["dòng 4: “dan_toi”"]),
        ("ten: A\nlien_ket:\n  - ten: B\n    dia_chi: javascript:x", ["dòng 3: Địa chỉ: "]),
    ],
)  # fmt: skip
def test_each_fault_is_told_with_its_line(source, expected):
    told = faults(source)
    assert len(told) >= len(expected)
    for said, wanted in zip(told, expected, strict=False):
        assert said.startswith(wanted)


def test_all_faults_are_told_at_once_and_nothing_is_made():
    source = (
        "ten: A\ndon_vi:\n  - ten: B\n    duong_day:\n      - viec: Gọi\n        so: abc\n      - so: 113\n  - ten: B\n"
    )
    told = faults(source)
    assert [said.partition(":")[0] for said in told] == ["dòng 5", "dòng 7", "dòng 8"]
    assert (SiteProfile.objects.count(), Office.objects.count(), Category.objects.count()) == (0, 0, 0)


def test_a_portal_is_not_founded_twice():
    founding.found("ten: A")
    with pytest.raises(founding.AlreadyFounded):
        founding.found("ten: B")
    assert SiteProfile.objects.get().name == "A"


@pytest.mark.django_db(transaction=True)
def test_the_command_says_what_it_made_and_checks_without_making(tmp_path):
    said = StringIO()
    call_command("new_portal", SAMPLE, check=True, stdout=said)
    assert said.getvalue().startswith("Tệp dùng được: 1 cơ quan, 2 đơn vị")
    assert not SiteProfile.objects.exists()
    bad = tmp_path / "sai.yaml"
    bad.write_text("ten: A\nmau: tím")
    with pytest.raises(CommandError, match=r"sai.yaml chưa dùng được:\n  dòng 2: “mau”"):
        call_command("new_portal", bad)

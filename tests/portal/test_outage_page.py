"""The outage page: its numbers, its size, its file; and the pages that are ready before anybody asks."""

import os
import re
import stat
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.utils import OperationalError
from django.test import Client
from django.test.utils import CaptureQueriesContext

from hotlines.models import Hotline, Office
from portal import heartbeat, outage, preparing, redirecting
from portal.lib import pagecache
from portal.models import Generation
from stats import counting
from tests.conftest import BROWSER
from tests.factories import make_article, make_hotline, make_office, make_profile

pytestmark = pytest.mark.django_db
SENTENCES = [
    {"is_voting": False, "was_sent": False},
    {"is_voting": False, "was_sent": True},
    {"is_voting": True, "was_sent": False},
    {"is_voting": True, "was_sent": True},
]


def learn():
    outage.remember(Hotline.objects.public())


def forget():
    """As in a process that has just begun and has not seen the database."""
    outage._last["numbers"] = None


def dialled(page):
    return re.findall(r'href="(tel:[^"]+)"', page)


@pytest.fixture
def file(settings):
    settings.OUTAGE_FILE.parent.mkdir(exist_ok=True)
    return settings.OUTAGE_FILE


def test_the_page_holds_emergency_numbers_first_and_then_the_directory_by_office():
    make_hotline(office=make_office(name="UBND Quận", order=1), purpose="Giải quyết <TTHC>", hours="Giờ hành chính")
    make_hotline(office=make_office(name="Công an phường", order=2), number="024.38585652")
    learn()
    page = outage.whole(**SENTENCES[0])
    assert dialled(page) == ["tel:113", "tel:114", "tel:115", "tel:+842462933647", "tel:+842438585652"]
    assert "Giải quyết &lt;TTHC&gt;" in page
    assert page.index("UBND Quận") < page.index("Giờ hành chính") < page.index("Công an phường")
    assert "<script" not in page
    assert "trong tổng số" not in page


def test_an_emergency_number_of_ours_comes_before_the_directory_and_says_extension_and_duty():
    make_hotline(office=make_office(name="UBND Quận", order=1), extension="12", duty="T2–T6 08:00–17:00")
    make_hotline(office=make_office(name="Bảo vệ trẻ em", order=2), number="111", is_emergency=True, is_in_box=False)
    learn()
    page = outage.whole(**SENTENCES[0])
    assert dialled(page) == ["tel:113", "tel:114", "tel:115", "tel:111", "tel:+842462933647,12", "tel:111"]
    assert "024.62933647, máy lẻ 12" in page and "T2–T6 08:00–17:00" in page.replace("\u2060", "")


@pytest.mark.parametrize("sentences", SENTENCES)
def test_a_directory_of_a_thousand_numbers_fits_into_15_kb_and_the_rest_is_owned_up_to(sentences):
    offices = [make_office(name=f"Uỷ ban nhân dân phường số {n}", order=n) for n in range(250)]
    last = make_office(name="UBND Thành phố", kind=Office.Kind.AUTHORITY, order=999)
    lines = [
        Hotline(office=office, purpose=f"Tiếp công dân số {k}", number=f"02438{office.order:03}{k:02}", order=k,
                dialled=f"+842438{office.order:03}{k:02}", is_in_box=office.order == 248 and k == 3)
        for office in offices for k in range(4)
    ]  # fmt: skip
    Hotline.objects.bulk_create([*lines, Hotline(office=last, purpose="Trực", number="1022", dialled="1022")])
    learn()
    page = outage.whole(**sentences)
    numbers = dialled(page)
    assert len(page.encode()) < 15_000
    assert 60 < len(numbers) < 1001
    assert numbers[:4] == ["tel:113", "tel:114", "tel:115", "tel:+84243800000"]
    assert numbers[-2:] == ["tel:+84243824803", "tel:1022"]
    assert f"Đây là {len(numbers) - 3} trong tổng số 1.001 số" in page


def test_without_numbers_the_page_is_whole_and_holds_the_emergency_ones():
    learn()
    assert dialled(outage.whole(**SENTENCES[0])) == ["tel:113", "tel:114", "tel:115"]


def test_the_answer_says_when_to_come_back_and_is_as_strict_as_any_page(reader, monkeypatch):
    make_hotline()
    learn()
    monkeypatch.setattr(pagecache, "is_stale", lambda: True)
    answer = reader.get("/tin-tuc/")
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "30", "no-store")
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "thử lại sau nửa phút" in answer.content.decode()


# --- The file -------------------------------------------------------------------------------------------------------
def test_a_change_of_the_numbers_is_written_and_the_web_server_may_read_it(file):
    line = make_hotline()
    learn()
    assert file.read_text() == outage.whole(**SENTENCES[0])
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    Hotline.objects.filter(pk=line.pk).update(number="1022", dialled="1022")
    learn()
    assert dialled(file.read_text())[3:] == ["tel:1022"]
    assert os.listdir(file.parent) == ["503.html"]


def test_the_beat_that_learns_a_new_state_of_the_content_writes_the_file(file, beat):
    make_hotline()
    make_profile(name="Quận Mẫu")
    beat()
    assert dialled(file.read_text())[3:] == ["tel:+842462933647"]
    assert "Quận Mẫu" in file.read_text()


def test_what_stands_there_already_is_not_written_again(file, monkeypatch):
    make_hotline()
    learn()
    before = file.stat().st_ino, file.read_text()
    monkeypatch.setattr(outage.timezone, "now", lambda: datetime(2031, 1, 1, tzinfo=UTC))
    learn()
    assert "01/01/2031" in outage.whole(**SENTENCES[0])
    assert (file.stat().st_ino, file.read_text()) == before


def test_a_folder_that_cannot_be_written_costs_nothing_but_a_line_in_the_log(settings, tmp_path, beat, caplog):
    (tmp_path / "wall").write_text("no folder")
    settings.OUTAGE_FILE = tmp_path / "wall" / "503.html"
    make_hotline()
    beat()
    assert "the outage page was not written" in caplog.text
    assert dialled(outage.whole(**SENTENCES[0]))[3:] == ["tel:+842462933647"]


def test_a_full_disk_leaves_the_old_page_and_no_rubbish(file, monkeypatch):
    make_hotline()
    learn()
    before = file.read_text()
    make_hotline(number="1022")
    monkeypatch.setattr(outage.os, "replace", lambda *_: (_ for _ in ()).throw(OSError("No space left on device")))
    learn()
    assert file.read_text() == before
    assert os.listdir(file.parent) == ["503.html"]


def test_a_process_that_starts_without_a_database_knows_the_numbers_of_the_file(reader, monkeypatch):
    make_hotline(purpose="Cứu trợ")
    learn()
    forget()
    monkeypatch.setattr(
        heartbeat.Generation.objects, "get_or_create", lambda **_: (_ for _ in ()).throw(OperationalError)
    )
    with pytest.raises(OperationalError):
        heartbeat.beat()
    answer = reader.get("/duong-day-nong/")
    assert answer.status_code == 503
    assert dialled(answer.content.decode())[3:] == ["tel:+842462933647"]
    assert "Cứu trợ" in answer.content.decode()


@pytest.mark.parametrize("rubbish", [None, b"", b"<html>", b"\xff\xfe<!--numbers-->"], ids=repr)
def test_a_file_that_is_missing_or_nonsense_is_no_reason_to_fail(file, rubbish):
    if rubbish is not None:
        file.write_bytes(rubbish)
    assert dialled(outage.whole(**SENTENCES[0])) == ["tel:113", "tel:114", "tel:115"]


# --- Ready before anybody asks --------------------------------------------------------------------------------------
@pytest.fixture
def reader(settings):
    """A browser: it says which name it asks for."""
    settings.ALLOWED_HOSTS = ["mau.gov.vn"]
    return Client(headers={"user-agent": BROWSER, "host": "mau.gov.vn"})


@pytest.fixture
def known(reader, beat):
    """A process with one reader, of one article."""
    Generation.objects.get_or_create(id=1)
    make_profile()
    make_hotline()
    article = make_article()
    beat()
    reader.get(article.get_absolute_url())
    return article


def queries(work):
    with CaptureQueriesContext(connection) as captured:
        work()
    return len(captured)


def test_the_directory_and_the_home_page_are_ready_before_their_first_reader(known, reader):
    preparing.prepare()
    for path in ("/", "/duong-day-nong/", "/en/hotlines/"):
        assert queries(lambda path=path: reader.get(path)) == 0
    assert queries(preparing.prepare) == 0


def test_what_is_prepared_is_read_by_nobody(known, settings):
    counting._hits.clear()
    preparing.prepare()
    assert list(counting._hits) == []


def test_the_directory_is_made_anew_when_a_number_changes(known, reader):
    preparing.prepare()
    make_hotline(number="1022")
    pagecache.forget()
    preparing.prepare()
    assert queries(lambda: reader.get("/duong-day-nong/")) == 0
    assert "tel:1022" in reader.get("/duong-day-nong/").content.decode()


def test_a_thousand_names_of_the_portal_prepare_a_handful_of_pages(known, settings):
    settings.ALLOWED_HOSTS = [".mau.gov.vn"]
    for n in range(30):
        Client(headers={"user-agent": BROWSER, "host": f"ten{n}.mau.gov.vn"}).get(known.get_absolute_url())
    before = len(pagecache._memory.pages)
    preparing.prepare()
    assert len(pagecache._memory.pages) == before + len(preparing.PAGES) * pagecache.MOST_ORIGINS


def test_a_page_that_cannot_be_kept_is_tried_once(known, settings):
    settings.PAGE_CACHE_MB = 0
    assert queries(preparing.prepare) > 0
    assert queries(preparing.prepare) == 0


def test_a_database_that_fails_behind_a_404_is_told_in_the_log(db, monkeypatch, caplog):
    monkeypatch.setattr(redirecting, "target_of", lambda path: (_ for _ in ()).throw(OperationalError("weg\nhere")))
    answer = Client(raise_request_exception=False).get("/khong-co/")
    assert (answer.status_code, "database: weg" in caplog.messages) == (503, True)


def test_ready_is_who_serves_readers_again_not_who_could(reader):
    heartbeat.learn_generation()
    assert reader.get("/readyz").json()["database"] == "ok"
    pagecache.database_is_away()
    answer = reader.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, "returning")
    heartbeat.learn_generation()
    assert reader.get("/readyz").status_code == 200

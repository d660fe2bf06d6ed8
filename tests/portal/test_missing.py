"""What is looked for and not found: counted without a trace of anybody, bounded, shown when asked often, and closed."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from portal import missing
from portal.lib import clock
from portal.models import LostAddress, MissedQuery, PromotedResult
from tests.factories import make_article, make_category, make_poll

pytestmark = pytest.mark.django_db
TODAY = clock.local_day()


def counted():
    return dict(MissedQuery.objects.values_list("query", "n"))


def ask(browser, *queries, **more):
    for query in queries:
        assert browser.get("/tim-kiem/", {"q": query, **more}).status_code == 200


def test_questions_without_results_are_counted_at_the_beat_in_one_spelling(reader, beat):
    make_article(title="Tiêm chủng")
    ask(reader, "Đổi thẻ BHYT", "doi the bhyt", "tiêm chủng", "ĐỔI  THẺ bhyt!")
    assert counted() == {}
    beat()
    ask(reader, "đổi thẻ BHYT")
    beat()
    assert counted() == {"doi the bhyt": 4}


def test_filters_robots_staff_and_other_methods_count_nothing(reader, admin_client, beat):
    ask(reader, "khong co", **{"loai": "trang"})
    ask(Client(headers={"user-agent": "Googlebot/2.1 (+http://www.google.com/bot.html)"}), "khong co")
    ask(admin_client, "khong co")
    reader.head("/tim-kiem/", {"q": "khong co"})
    beat()
    assert counted() == {}


def test_what_a_category_or_a_page_of_the_portals_own_answers_is_not_missed(reader, beat):
    make_category(name="Đất đai")
    ask(reader, "đất đai", "thăm dò", "đất đai xyz")
    assert "Không tìm thấy" not in reader.get("/tim-kiem/?q=thăm dò").content.decode()
    beat()
    assert counted() == {"dat dai xyz": 1}


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("thẻ của 001085012345", "the cua …"),
        ("0868 216 873 là số của ai", "… la so cua ai"),
        ("0868 - 216 – 873 là số của ai", "… la so cua ai"),
        ("hồ sơ an.nguyen@example.vn", "ho so …"),
        ("0868.216.873", None),
        ("nghị định 42/2022/NĐ-CP", "nghi dinh 42 2022 nd cp"),
        ("x" * 300, None),
    ],
)
def test_what_may_belong_to_a_person_is_masked(query, kept):
    missing.note_query({"REQUEST_METHOD": "GET", "HTTP_USER_AGENT": "Mozilla/5.0 Firefox/140.0"}, query)
    missing.flush()
    assert list(counted()) == ([kept] if kept else [])


def test_no_column_tells_who_asked():
    assert [field.column for field in MissedQuery._meta.fields] == ["id", "day", "query", "n"]


def test_memory_and_tables_have_an_end(monkeypatch):
    environ = {"REQUEST_METHOD": "GET", "HTTP_USER_AGENT": "Mozilla/5.0 Firefox/140.0"}
    for n in range(missing.HELD + 50):
        missing.note_query(environ, f"câu hỏi thứ {n} nghìn")
        missing.note_path(environ, f"/cu/{n}")
    assert (len(missing._queries), len(missing._paths)) == (missing.HELD, missing.HELD)
    missing.flush()
    monkeypatch.setattr(missing, "A_DAY", missing.HELD)
    monkeypatch.setattr(missing, "ROWS", missing.HELD)
    missing.note_query(environ, "một câu nữa")
    missing.note_query(environ, "câu hỏi thứ 1 nghìn")
    missing.note_path(environ, "/mot/dia/chi/nua")
    missing.note_path(environ, "/cu/1")
    missing.flush()
    assert (MissedQuery.objects.count(), LostAddress.objects.count()) == (missing.HELD, missing.HELD)
    assert MissedQuery.objects.get(query="cau hoi thu 1 nghin").n == 2
    assert LostAddress.objects.get(path="/cu/1").n == 2
    missing.prune()
    assert LostAddress.objects.count() == missing.HELD - missing.HELD // 10
    assert LostAddress.objects.filter(path="/cu/1").exists()


def test_what_could_not_be_written_waits_for_the_next_beat(monkeypatch):
    missing.note_path({"REQUEST_METHOD": "GET"}, "/cu")

    def broken(*_):
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(missing, "_write", broken)
        with pytest.raises(RuntimeError):
            missing.flush()
    missing.flush()
    assert LostAddress.objects.get().n == 1


def test_old_and_rare_questions_are_forgotten():
    def row(days, query, n):
        MissedQuery.objects.create(day=TODAY - timedelta(days), query=query, n=n)

    row(400, "cu", 9)
    row(40, "hiem", 1)
    row(40, "thuong", 2)
    row(1, "thuong", 1)
    row(2, "moi", 1)
    missing.prune(timezone.now())
    assert set(counted()) == {"thuong", "moi"}


def test_staff_see_what_was_asked_often_and_close_it_with_a_result(admin_client, reader, text_of, beat):
    for day, n in ((TODAY, 2), (TODAY - timedelta(3), 3)):
        MissedQuery.objects.create(day=day, query="doi the bhyt", n=n)
    MissedQuery.objects.create(day=TODAY, query="nguyen van a", n=2)
    listed = admin_client.get("/quan-tri/portal/missedquery/")
    assert "doi the bhyt" in text_of(listed) and "nguyen van a" not in text_of(listed)
    add = "/quan-tri/portal/promotedresult/add/?queries=doi+the+bhyt&amp;title=doi+the+bhyt"
    assert f'href="{add}"' in listed.content.decode()
    sent = {"title": "Đổi thẻ bảo hiểm y tế", "url": "/lien-he/", "queries": "đổi thẻ BHYT\nlàm lại thẻ", "order": 100}
    assert admin_client.post(add, sent).status_code == 302
    assert PromotedResult.objects.get().keys == ["doi the bhyt", "lam lai the"]
    assert "đã trả lời bằng kết quả đặt lên đầu" in text_of(admin_client.get("/quan-tri/portal/missedquery/"))
    assert text_of(admin_client.get("/quan-tri/portal/missedquery/?tra-loi=chua")).count("doi the bhyt") == 0
    found = reader.get("/tim-kiem/", {"q": "Đổi thẻ bhyt"})
    assert '<a href="/lien-he/">Đổi thẻ bảo hiểm y tế</a>' in found.content.decode()
    beat()
    assert sum(MissedQuery.objects.values_list("n", flat=True)) == 7  # what is answered is not counted any more


# --- Addresses --------------------------------------------------------------------------------------------------------
def lost():
    return dict(LostAddress.objects.values_list("path", "n"))


def test_addresses_without_a_page_are_counted_without_their_query(reader, beat):
    for _ in range(2):
        assert reader.get("/trang-cu/", {"ma": "001085012345"}).status_code == 404
    reader.get("/ho-so/001085012345/")
    reader.get("/wp-login.php")
    reader.get("/.env")
    reader.get("/ai@example.vn/")
    reader.head("/chi-hoi/")
    beat()
    assert lost() == {"/trang-cu/": 2, "/ho-so/…/": 1}


def test_a_page_that_a_list_does_not_have_is_no_lost_address(reader, beat):
    category, poll = make_category(name="Y tế"), make_poll()
    receipts = f"/binh-chon/{poll.pk}/bien-nhan/lan-1/"
    for path in ("/tin-tuc/", category.get_absolute_url(), "/tim-kiem/", receipts):
        assert [reader.get(f"{path}{query}").status_code for query in ("?page=1", "?page=999", "?page=0")] == [
            200,
            404,
            404,
        ]
    assert reader.get("/tin-tuc/khong-co/?page=999").status_code == 404
    beat()
    assert lost() == {"/tin-tuc/khong-co/": 1}


def test_the_request_itself_writes_nothing(reader):
    reader.get("/")
    with connection.execute_wrapper(refuse_to_write):
        reader.get("/trang-cu/")
        reader.get("/tim-kiem/", {"q": "không có gì như thế"})


def refuse_to_write(execute, sql, params, many, context):
    assert not sql.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))
    return execute(sql, params, many, context)

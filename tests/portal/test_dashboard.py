"""The front page of the desk: what waits for whom, in few queries."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from news import correcting, publishing
from news.models import Article
from portal import dashboard, heartbeat
from portal.lib import clock
from stats.models import DailyCount
from tests.factories import make_article

pytestmark = pytest.mark.django_db
State = Article.State


def member(name, group):
    user = User.objects.create_user(name, is_staff=True)
    user.groups.add(Group.objects.get(name=group))
    return user


@pytest.fixture
def newsroom():
    """A writer, an approver, and one article of the writer in each place where it can be."""
    writer, approver = member("ha", "Phóng viên"), member("minh", "Người duyệt")
    now = timezone.now()
    own = {"created_by": writer, "updated_by": writer, "published_at": None}
    for title in ("Nháp một", "Nháp hai"):
        make_article(title=title, state=State.DRAFT, **own)
    make_article(title="Trả lại", state=State.RETURNED, reason="Thiếu ngày", **own)
    publishing.submit(make_article(title="Chờ", state=State.DRAFT, **own), by=writer)
    make_article(title="Hẹn", published_at=now + timedelta(days=20))
    make_article(title="Sắp hết", expires_at=now + timedelta(days=6))
    make_article(title="Còn lâu", expires_at=now + timedelta(days=8))
    make_article(title="Câm", body=f'<p><img src="/media/images/{"a" * 32}.webp"></p>')
    make_article(title="Trang trí", body=f'<p><img src="/media/images/{"b" * 32}.webp" alt=""></p>')
    return writer, approver


def cards(user):
    shown = dashboard.shown_to(User.objects.get(pk=user.pk))["cards"]
    return {card["name"]: [article.title for article in card["articles"]] for card in shown}


def test_each_sees_what_waits_for_them(newsroom):
    writer, approver = newsroom
    common = {"scheduled": ["Hẹn"], "expiring": ["Sắp hết"], "alt": ["Câm"]}
    assert cards(writer) == {"returned": ["Trả lại"], "draft": ["Nháp hai", "Nháp một"], "waiting": ["Chờ"]} | common
    assert cards(approver) == {"queue": ["Chờ"]} | common


def test_what_was_corrected_in_the_last_month_is_shown_once_newest_first(newsroom):
    now = timezone.now()
    old, twice, new = (make_article(title=title) for title in ("Cũ", "Hai lần", "Mới"))
    for article, days in ((old, 31), (twice, 9), (twice, 5), (new, 1)):
        correcting.correct(article, earlier=article, note="Sai số", at=now - timedelta(days=days))
    assert cards(newsroom[1])["corrected"] == ["Mới", "Hai lần"]


def test_who_changed_an_article_last_is_not_asked_to_approve_it(newsroom):
    Article.objects.filter(state=State.WAITING).update(updated_by=newsroom[1])
    assert "queue" not in cards(newsroom[1])


def test_a_card_shows_five_and_counts_all(newsroom):
    for n in range(9):
        make_article(title=f"Thêm {n}", state=State.DRAFT, created_by=newsroom[0])
    card = next(card for card in dashboard.shown_to(newsroom[0])["cards"] if card["name"] == "draft")
    assert (len(card["articles"]), card["total"]) == (5, 11)


def test_the_most_read_of_the_week_and_the_visits_are_those_that_were_counted():
    today = clock.local_day()
    read, withdrawn, old = make_article(), make_article(state=State.WITHDRAWN), make_article()
    for key, days, n in ((read.count_key, 6, 3), (withdrawn.count_key, 1, 9), (old.count_key, 7, 9), ("visit", 1, 40)):
        DailyCount.objects.create(day=today - timedelta(days=days), key=key, n=n)
    shown = dashboard.shown_to(User.objects.create_superuser("tong"))
    assert shown["most_read"] == [(read, 3)]
    assert (shown["visits"]["total"], shown["visits"]["yesterday"]) == (40, 40)
    assert len(shown["visits"]["points"].split()) == 30


def test_the_page_costs_few_queries_however_much_there_is(newsroom, text_of):
    for user in newsroom:
        client = Client()
        client.force_login(user)
        heartbeat.learn_generation()  # as in a process that has beaten: the profile is remembered
        client.get("/quan-tri/")
        with CaptureQueriesContext(connection) as captured:
            page = client.get("/quan-tri/")
        assert len(captured) <= 13
    assert "1 Chờ tôi duyệt" in text_of(page)


def test_who_has_no_articles_sees_the_visits_and_their_own_places():
    client = Client()
    client.force_login(User.objects.create_user("khac", is_staff=True))
    page = client.get("/quan-tri/")
    assert (page.status_code, page.context["desk"]["cards"], page.context["desk"]["tiles"]) == (200, [], [])

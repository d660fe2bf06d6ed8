"""Corrections are added beside the counts; the database lets nobody rewrite either."""

from datetime import date

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.utils import timezone

from portal.lib import clock
from stats import figures
from stats.models import VISIT, Adjustment, DailyCount, OpeningBalance

pytestmark = pytest.mark.django_db


@pytest.fixture
def counted():
    today = clock.local_day(timezone.now())
    OpeningBalance.objects.create(key=VISIT, as_of=date(2025, 1, 22), source="cổng cũ", total=14817597, year=453979)
    DailyCount.objects.create(day=today, key=VISIT, n=100)
    DailyCount.objects.create(day=today, key="article:1", n=7)
    return today


def test_a_correction_is_part_of_the_periods_of_its_day(counted):
    Adjustment.objects.create(day=counted, key=VISIT, n=-30, reason="Kiểm thử tải ngày khai trương")
    Adjustment.objects.create(day=counted, key="article:1", n=5, reason="Số liệu chuyển muộn")
    assert figures.visits()["day"] == 70
    assert figures.visits()["total"] == 14817667
    assert figures.views(["article:1"]) == {"article:1": 12}


def test_check_counts_adds_up_the_same(counted, capsys):
    Adjustment.objects.create(day=counted, key=VISIT, n=-30, reason="Kiểm thử tải")
    call_command("check_counts")
    assert "14.817.667" in capsys.readouterr().out


def test_check_counts_finds_a_difference(counted, monkeypatch):
    monkeypatch.setattr(figures, "views", lambda keys: dict.fromkeys(keys, 8))
    with pytest.raises(CommandError, match="article:1: hiển thị 8, cộng lại 7"):
        call_command("check_counts")


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda: DailyCount.objects.filter(key=VISIT).update(n=99),
        lambda: DailyCount.objects.filter(key=VISIT).update(day=date(2020, 1, 1)),
        lambda: DailyCount.objects.all().delete(),
        lambda: Adjustment.objects.update(n=1),
        lambda: Adjustment.objects.all().delete(),
        lambda: Adjustment.objects.create(day=date(2026, 1, 1), n=0, reason="không"),
        lambda: Adjustment.objects.create(day=date(2026, 1, 1), n=1, reason=" "),
    ],
)
def test_history_cannot_be_rewritten(counted, rewrite):
    Adjustment.objects.create(day=counted, key=VISIT, n=-30, reason="Kiểm thử tải")
    with pytest.raises(DatabaseError), transaction.atomic():
        rewrite()
    assert DailyCount.objects.get(key=VISIT).n == 100
    assert Adjustment.objects.get().n == -30

"""Duty hours: how they are written, and who is on duty when."""

import re
from datetime import date, datetime

import pytest

from hotlines import duty
from hotlines.templatetags.hotline_tags import unbroken
from portal.lib import clock, live
from tests.factories import make_hotline, make_office

WEEK = "T2–T6 08:00–12:00, 13:30–17:30; T7 08:00–11:30"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("T2-T6 8:00-12:00, 13:30-17:30; T7 8h-11h30", WEEK),
        ("t2 - t6: 08h00 – 12h00, 13g30 đến 17g30; t7 8-11:30", WEEK),
        ("T2,T3,T4 8:00-17:00", "T2–T4 08:00–17:00"),
        ("T2, T4 8:00-17:00; Chủ nhật 7:00-9:00", "T2 08:00–17:00; T4 08:00–17:00; CN 07:00–09:00"),
        ("T2 8:00-17:00; ngày lễ 8:00-11:00", "T2 08:00–17:00; Lễ 08:00–11:00"),
        ("T2-CN 7:00-19:00; Lễ nghỉ", "T2–CN 07:00–19:00"),
        ("T2–CN 18:00–6:00", "T2–CN 18:00–06:00"),
        ("24/24", "24/7"),
        ("cả ngày đêm", "24/7"),
        ("T2-CN, Lễ 0:00-24:00", "24/7"),
        ("", ""),
        (WEEK, WEEK),
    ],
)  # fmt: skip
def test_hours_have_one_form(typed, stored):
    assert duty.normal(typed) == stored
    assert duty.normal(stored) == stored


@pytest.mark.parametrize(
    "nonsense",
    ["giờ hành chính", "T8 8:00-17:00", "T2 25:00-26:00", "T2 8:60-9:00", "T2 8:00", "8:00-17:00", "T6-T2 8:00-9:00",
     "T2-Lễ 8:00-9:00", "T2 8:00-8:00", "T2 8:00-17:00,", "Lễ", "T2 24:00-25:00"],
)  # fmt: skip
def test_what_is_not_understood_is_named(nonsense):
    with pytest.raises(ValueError, match="T2–T6 08:00–12:00"):
        duty.normal(nonsense)


HOLIDAY = date(2027, 1, 1)  # a Friday


@pytest.mark.parametrize(
    ("written", "moment", "state"),
    [
        (WEEK, "2026-11-23 08:00", "on"),  # a Monday
        (WEEK, "2026-11-23 07:59", "off"),
        (WEEK, "2026-11-23 12:00", "off"),
        (WEEK, "2026-11-28 11:29", "on"),
        (WEEK, "2026-11-29 09:00", "off"),
        (WEEK, "2027-01-01 09:00", "holiday"),
        (WEEK + "; Lễ 08:00–11:00", "2027-01-01 09:00", "on"),
        (WEEK + "; Lễ 08:00–11:00", "2027-01-01 11:00", "holiday"),
        ("24/7", "2027-01-01 03:00", "on"),
        ("T2 18:00–06:00", "2026-11-23 18:00", "on"),
        ("T2 18:00–06:00", "2026-11-24 05:59", "on"),
        ("T2 18:00–06:00", "2026-11-24 06:00", "off"),
        ("T2 18:00–06:00", "2026-11-23 05:00", "off"),
        ("T5 18:00–06:00", "2027-01-01 05:00", "on"),  # the night before the holiday goes on
    ],
)
def test_who_is_on_duty(written, moment, state):
    at = datetime.fromisoformat(moment).replace(tzinfo=clock.ZONE)
    assert duty.state(written, at, {HOLIDAY}) == state


def test_the_state_on_a_page_changes_with_the_clock():
    hole = duty.hole(WEEK, {HOLIDAY})
    shown = []
    for moment in ("2026-11-23 09:00", "2026-11-23 12:30", "2027-01-01 09:00"):
        duty.tell(datetime.fromisoformat(moment).replace(tzinfo=clock.ZONE))
        shown.append(live.fill(hole.encode()).decode())
    assert shown == [
        '<b class="tag duty-on">Đang trực</b>',
        '<b class="tag duty-off">Ngoài giờ</b>',
        '<b class="tag duty-holiday">Nghỉ lễ</b>',
    ]


@pytest.mark.parametrize(
    ("hours", "parts"),
    [
        ("T2–T6 7:30–17:00; nghỉ trưa 12h-13h", ["T2–T6", "7:30–17:00;", "nghỉ", "trưa", "12h-13h"]),
        ("Giờ hành chính – trừ Tết", ["Giờ", "hành", "chính", "–", "trừ", "Tết"]),
        ("24/7", ["24/7"]),
    ],
)
def test_times_from_and_to_stay_on_one_line(hours, parts):
    shown = unbroken(hours)
    assert shown.replace("\u2060", "") == hours
    # A line may end after a dash, but not where a word joiner stands.
    assert [part.replace("\u2060", "") for part in re.split(r"\s|(?<=[–-])(?!\u2060|\s|$)", shown)] == parts


@pytest.mark.django_db
def test_every_page_keeps_hours_together(reader):
    office = make_office(name="Phòng Y tế", duty="T2–T6 08:00–17:00", hours="Mùa hè 7:00–16:30")
    make_hotline(office=office, duty="T2–CN 06:00–22:00", hours="Dịp lễ <8:00–11:00>")
    for path in ("/duong-day-nong/", "/duong-day-nong/tim/?q=phong", "/en/hotlines/"):
        page = reader.get(path).content.decode()
        assert re.findall(r"\d:\d\d[–-]\d", page) == []
        assert (path, page.count("\u2060–\u2060")) == (path, 6)
        assert "&lt;8:00\u2060–\u206011:00&gt;" in page

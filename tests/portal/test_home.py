"""The home page: the lead, the latest, and the newest of each section."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import make_article, make_category

pytestmark = pytest.mark.django_db


def sections_of(page):
    """[(name of a section, [titles in it])] as they stand on the page."""
    found = re.findall(r'<section class="section [^"]+">(.*?)</section>', page, re.DOTALL)
    titles = [re.findall(r">([^<>]+)</a></(?:h2|h3|p)>", section) for section in found]
    return [(first, rest) for first, *rest in titles]


def test_a_section_shows_the_newest_four_of_its_category_and_of_all_below_it(reader):
    now = timezone.now()
    top = make_category(name="Kinh tế", is_on_home=True)
    below = make_category(name="Thương mại", parent=top)
    deep = make_category(name="Chợ", parent=below)
    places = [top, below, deep, deep, deep, below, top]
    for hours, category in enumerate(places, start=1):
        make_article(title=f"Tin {hours}", category=category, published_at=now - timedelta(hours=hours))
    make_article(title="Tin hẹn giờ", category=deep, published_at=now + timedelta(hours=1))
    page = reader.get("/").content.decode()
    assert sections_of(page) == [("Kinh tế", ["Tin 2", "Tin 3", "Tin 4", "Tin 5"])]  # "Tin 1" leads the page


def test_only_categories_that_shall_and_have_something_to_show_are_sections(reader):
    make_article(title="Bài dẫn", category=make_category(name="Ngoài trang chủ", is_on_home=False))
    make_category(name="Trống", is_on_home=True)
    shown = make_category(name="Có tin", is_on_home=True)
    make_article(title="Bài cũ hơn", category=shown, published_at=timezone.now() - timedelta(days=2))
    assert sections_of(reader.get("/").content.decode()) == [("Có tin", ["Bài cũ hơn"])]

"""Addresses stay: categories are renamed, moved and merged, and nothing in use is deleted."""

import pytest
from django.contrib.admin.models import LogEntry
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from hotlines.models import Office
from news import addressing
from news.models import Article, Category, OldAddress
from polls.models import Poll
from portal.models import MenuItem, Page
from tests.desk import page_of, said, sign_in
from tests.factories import make_article, make_category, make_office, make_page, make_poll

pytestmark = pytest.mark.django_db
LIST = "/quan-tri/news/category/"


def leads_to(reader, address):
    response = reader.get(address)
    return response.status_code, response.get("Location")


def rename(category, slug):
    category.slug = slug
    category.save()


# --- Renaming -------------------------------------------------------------------------------------------------------
def test_every_former_address_of_a_category_leads_to_todays_in_one_step(reader):
    category = make_category(name="Y tế")
    rename(category, "suc-khoe")
    rename(category, "y-te-suc-khoe")
    for old in ("y-te", "suc-khoe"):
        assert leads_to(reader, f"/tin-tuc/{old}/") == (301, "/tin-tuc/y-te-suc-khoe/")
        assert leads_to(reader, f"/tin-tuc/{old}/?page=2") == (301, "/tin-tuc/y-te-suc-khoe/?page=2")
        assert leads_to(reader, f"/tin-tuc/{old}/?page=//evil&q=x") == (301, "/tin-tuc/y-te-suc-khoe/")
        assert leads_to(reader, f"/tin-tuc/{old}/rss/") == (301, "/tin-tuc/y-te-suc-khoe/rss/")
    for address in ("/tin-tuc/y-te-suc-khoe/", "/tin-tuc/y-te-suc-khoe/rss/"):
        assert leads_to(reader, address) == (200, None)


def test_articles_and_their_print_pages_are_found_under_every_former_address_in_one_step(reader):
    category = make_category(name="Y tế")
    article = make_article(title="Tiêm chủng", category=category)
    former = [article.get_absolute_url(), article.get_print_url()]
    rename(category, "suc-khoe")
    article = Article.objects.get()
    article.title = "Tiêm chủng mở rộng"
    article.save()
    present = [article.get_absolute_url(), article.get_print_url()]
    assert [leads_to(reader, address) for address in former] == [(301, address) for address in present]
    assert [reader.get(address).status_code for address in present] == [200, 200]


def test_a_category_that_takes_its_own_name_back_leaves_no_circle(reader):
    category = make_category(name="Y tế")
    rename(category, "suc-khoe")
    rename(category, "y-te")
    assert leads_to(reader, "/tin-tuc/y-te/") == (200, None)
    assert leads_to(reader, "/tin-tuc/suc-khoe/") == (301, "/tin-tuc/y-te/")
    assert OldAddress.objects.count() == 1


def test_the_database_remembers_whoever_renames(reader):
    make_category(name="Y tế")
    make_category(name="Giáo dục")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE news_category SET slug = slug || '-2025'")
    assert leads_to(reader, "/tin-tuc/y-te/") == (301, "/tin-tuc/y-te-2025/")
    assert leads_to(reader, "/tin-tuc/giao-duc/") == (301, "/tin-tuc/giao-duc-2025/")


def test_an_address_that_never_was_is_not_found(reader):
    make_category(name="Y tế")
    assert [
        reader.get(address).status_code for address in ("/tin-tuc/sai/", "/tin-tuc/sai/rss/", "/tin-tuc/y-te/?page=9")
    ] == [404] * 3


def test_the_database_gives_nobody_the_former_address_of_another():
    rename(make_category(name="Y tế"), "suc-khoe")
    with pytest.raises(IntegrityError, match="was that of another"), transaction.atomic():
        make_category(name="Khác", slug="y-te")
    other = make_category(name="Khác")
    with pytest.raises(IntegrityError, match="was that of another"), transaction.atomic():
        Category.objects.filter(pk=other.pk).update(slug="y-te")
    with pytest.raises(IntegrityError, match="A category has"), transaction.atomic():
        OldAddress.objects.create(slug="khac", category=Category.objects.get(slug="suc-khoe"))


def test_who_wants_the_former_address_of_another_category_has_to_say_so(admin_client, reader):
    rename(make_category(name="Y tế"), "suc-khoe")
    sent = {"name": "Y tế", "order": 1}
    Category.objects.update(name="Sức khỏe")
    refused = admin_client.post(f"{LIST}add/", sent)
    assert len(said(refused)) == 1
    assert "Sức khỏe" in said(refused)[0]
    assert 'type="checkbox" name="take_over"' in refused.content.decode()
    assert admin_client.post(f"{LIST}add/", sent | {"take_over": "on"}).status_code == 302
    assert leads_to(reader, "/tin-tuc/y-te/") == (200, None)
    assert LogEntry.objects.filter(change_message__contains="Former address given up").count() == 1


# --- Moving ---------------------------------------------------------------------------------------------------------
def choose(client, action, *categories, **answer):
    return client.post(LIST, {"action": action, "_selected_action": [c.pk for c in categories], **answer})


def test_categories_are_moved_below_another_with_their_addresses_unchanged(admin_client, reader):
    culture, sport = make_category(name="Văn hóa"), make_category(name="Thể thao")
    article = make_article(category=sport)
    asked = choose(admin_client, "move_selected", sport).content.decode()
    assert "Thể thao" in asked
    assert choose(admin_client, "move_selected", sport, apply=1, target=culture.pk).status_code == 302
    sport.refresh_from_db()
    assert sport.parent == culture
    assert leads_to(reader, article.get_absolute_url()) == (200, None)
    assert choose(admin_client, "move_selected", sport, apply=1, target="").status_code == 302
    sport.refresh_from_db()
    assert sport.parent is None


def test_a_category_is_not_moved_below_itself(admin_client):
    top = make_category(name="Văn hóa")
    below = make_category(name="Thể thao", parent=top)
    answer = choose(admin_client, "move_selected", top, apply=1, target=below.pk)
    assert answer.status_code == 200
    assert "errorlist" in answer.content.decode()
    top.refresh_from_db()
    assert top.parent is None


# --- Merging --------------------------------------------------------------------------------------------------------
def test_merging_hands_over_all_that_belongs_to_a_category_and_keeps_its_addresses(admin_client, reader):
    old, new = make_category(name="Y tế"), make_category(name="Xã hội")
    rename(old, "suc-khoe")
    child = make_category(name="Tiêm chủng", parent=old)
    article = make_article(title="Bài", category=old)
    item = MenuItem.objects.create(label="Y tế", category=old)
    former = article.get_absolute_url()
    asked = choose(admin_client, "merge_selected", old).content.decode()
    assert all(f"1 {name}" in asked for name in ("bài viết", "mục menu", "chuyên mục"))
    assert choose(admin_client, "merge_selected", old, apply=1, target=new.pk).status_code == 302
    for row in (article, item, child):
        row.refresh_from_db()
    assert (article.category, item.category, child.parent) == (new, new, new)
    assert not Category.objects.filter(pk=old.pk).exists()
    for address in ("/tin-tuc/y-te/", "/tin-tuc/suc-khoe/"):
        assert leads_to(reader, address) == (301, "/tin-tuc/xa-hoi/")
    assert leads_to(reader, former) == (301, article.get_absolute_url())
    assert leads_to(reader, article.get_absolute_url()) == (200, None)
    [line] = LogEntry.objects.filter(change_message__contains='"Merged"')
    assert '"news.Article": 1' in line.change_message


def test_a_category_is_not_merged_into_itself_or_one_below_it():
    top = make_category(name="Văn hóa")
    below = make_category(name="Thể thao", parent=top)
    for into in (top, below):
        with pytest.raises(ValidationError):
            addressing.merge(top, into, by=None)
    addressing.merge(below, top, by=None)
    assert list(Category.objects.all()) == [top]


def test_who_may_not_delete_categories_may_not_merge_them():
    client = sign_in("news.change_category", "news.view_category")
    category = make_category()
    into = make_category()
    assert "merge_selected" not in client.get(LIST).content.decode()
    choose(client, "merge_selected", category, apply=1, target=into.pk)
    assert Category.objects.count() == 2


# --- Deleting -------------------------------------------------------------------------------------------------------
def used_things():
    category, office, poll, page = (
        make_category(name="Y tế"),
        make_office(name="Phòng Y tế"),
        make_poll(),
        make_page(title="Trang"),
    )
    make_article(title="Bài dùng", category=category, office=office)
    for kind, thing in {"category": category, "poll": poll, "page": page}.items():
        MenuItem.objects.create(label=f"Mục {kind}", target=kind, **{kind: thing})
    make_category(name="Chuyên mục con", parent=category)
    make_page(title="Trang con", parent=page)
    make_office(name="Bộ phận con", parent=office)
    return {
        "category": (category, ["Bài dùng", "Mục category", "Chuyên mục con"]),
        "office": (office, ["Bài dùng", "Bộ phận con"]),
        "poll": (poll, ["Mục poll"]),
        "page": (page, ["Mục page", "Trang con"]),
    }


@pytest.mark.parametrize("kind", ["category", "office", "poll", "page"])
def test_what_is_in_use_is_not_deleted_and_the_page_says_where(admin_client, kind):
    thing, uses = used_things()[kind]
    for answer in (
        admin_client.get(page_of(thing, "delete")),
        admin_client.post(page_of(thing, "delete"), {"post": "yes"}),
        admin_client.post(
            f"/quan-tri/{thing._meta.app_label}/{kind}/",
            {"action": "delete_selected", "_selected_action": [thing.pk], "post": "yes"},
        ),
    ):
        assert answer.status_code == 200
        page = answer.content.decode()
        assert "đang được dùng" in page
        assert [use for use in uses if use not in page] == []
    assert type(thing).objects.filter(pk=thing.pk).exists()
    assert MenuItem.objects.count() == 3


def test_a_long_list_of_uses_is_cut_and_counted(admin_client):
    category = make_category()
    for _ in range(13):
        make_article(category=category)
    page = admin_client.get(page_of(category, "delete")).content.decode()
    assert "Bài viết: 13" in page
    assert page.count("/quan-tri/news/article/") <= 12
    assert "3 mục nữa" in page


def test_what_nobody_uses_is_deleted(admin_client):
    category, office, poll, page = make_category(), make_office(), make_poll(), make_page()
    for thing in (category, office, poll, page):
        assert admin_client.post(page_of(thing, "delete"), {"post": "yes"}).status_code == 302
    assert [model.objects.count() for model in (Category, Office, Poll, Page)] == [0, 0, 0, 0]

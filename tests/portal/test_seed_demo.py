"""`manage.py seed_demo`: everything is there once, however often it runs, and what editors did stays."""

import unicodedata
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.models import Count
from PIL import Image

from hotlines.models import Hotline, Office
from news.models import Article, Attachment, Category
from polls.models import Ballot, Poll
from portal.demo import pictures
from portal.demo.seeding import Demo
from portal.models import Banner, MenuItem, Page, SearchRow, SiteProfile
from stats.models import DailyCount, OpeningBalance

APPS = ("portal", "news", "hotlines", "polls", "stats")


def seed():
    out = StringIO()
    call_command("seed_demo", stdout=out)
    return out.getvalue()


def models():
    found = [model for model in apps.get_models() if model._meta.app_label in APPS]
    # Versions of rows are no rows, and what the search reads is kept by triggers.
    return [model for model in found if not hasattr(model, "instance_type") and model is not SearchRow]


def rows():
    return {model._meta.label: model.objects.count() for model in models()}


def files(folder):
    return sorted(str(file.relative_to(folder)) for file in Path(folder).rglob("*") if file.is_file())


@pytest.mark.thorough
@pytest.mark.django_db
def test_running_twice_with_real_pictures_leaves_the_same_rows_and_files(settings):
    made = seed().split()[3]
    before, stored = rows(), files(settings.MEDIA_ROOT)
    assert seed() == f"Dữ liệu mẫu: 0 mục mới, {made} mục đã có.\n"
    assert (rows(), files(settings.MEDIA_ROOT)) == (before, stored)
    covers = [article.cover for article in Article.objects.exclude(cover=None)]
    assert len(covers) >= 12
    assert all((cover.width, cover.height) == (1200, 675) and cover.size <= 60_000 for cover in covers)
    assert len({(Path(settings.MEDIA_ROOT) / cover.files[0]).read_bytes() for cover in covers}) == len(covers)


# --- One filled portal, looked at from all sides -------------------------------------------------------------------


def the_demo_has_what_a_portal_needs():
    assert SiteProfile.objects.get().name == "Quận Thanh Xuân"
    assert Article.objects.public().count() >= 40
    assert Category.objects.count() >= 8
    assert Office.objects.filter(kind="ward", is_point_exact=False, lat__isnull=False).count() == 11
    assert Page.objects.filter(parent__path="gioi-thieu").count() >= 5
    assert MenuItem.objects.filter(parent__parent__isnull=False).exists()
    assert list(Hotline.objects.public().in_box().values_list("purpose", "dialled")) == [
        ("Tiếp công dân", "+842462933647"),
        ("Giải quyết TTHC", "+842438585652"),
        ("An toàn thực phẩm", "+84868216873"),
    ]
    assert Attachment.objects.count() >= 2


def every_category_has_public_articles_and_every_article_its_texts():
    public = Article.objects.public()
    assert set(public.values_list("category", flat=True)) == set(Category.objects.values_list("pk", flat=True))
    for article in Article.objects.all():
        assert article.lead and article.office and article.byline == article.office.name
        assert len(article.body.split("\n")) >= 5
        assert 'class="note"' in article.body  # says that it is a sample, or where its figures come from
        assert not set("{}") & set(article.lead + article.body)


def what_is_not_public_is_there_to_leak():
    hidden = Article.objects.exclude(pk__in=Article.objects.public())
    assert sorted(hidden.values_list("state", flat=True)) == [
        *("draft", "draft", "published", "published", "returned"),
        *("waiting", "waiting", "waiting", "withdrawn"),
    ]
    assert Article.objects.gone().count() == 2


def one_poll_is_open_without_ballots_and_one_is_closed_with_many():
    assert Poll.objects.open().get().ballots.count() == 0
    assert list(Poll.objects.open().get().options.values_list("text", flat=True)) == [
        *("Rất tốt", "Tốt", "Bình thường", "Chưa tốt"),
    ]
    closed = Poll.objects.public().exclude(pk=Poll.objects.open().get().pk).get()
    assert closed.is_closed() and closed.shows_results_to(has_voted=False)
    ballots = closed.ballots.annotate(ticked=Count("choices"))
    assert len(ballots) >= 100
    assert all(b.ticked == 1 and closed.opens_at <= b.cast_at < closed.closes_at for b in ballots)


def counters_begin_with_the_old_portal_and_no_invented_day():
    balance = OpeningBalance.objects.get()
    assert (balance.key, balance.total, balance.year, balance.month, balance.week) == (
        *("visit", 14_817_597, 453_979, 453_979, 122_460),
    )
    assert not DailyCount.objects.exists()


def banners_have_pictures_and_words_for_them():
    banners = Banner.objects.public()
    assert banners and all(banner.image.name.startswith("banners/") and banner.alt for banner in banners)


def everything_is_valid_as_if_typed_into_a_form_and_composed_unicode():
    for model in models():
        for row in model.objects.all() if model is not Ballot else ():
            row.full_clean()
            texts = (getattr(row, field.attname) for field in model._meta.concrete_fields)
            assert all(unicodedata.is_normalized("NFC", words) for words in texts if isinstance(words, str))


def another_run_overwrites_no_edit_and_brings_back_what_is_missing():
    SiteProfile.objects.update(name="Phường Mới", phone="")
    article = Article.objects.get(source_key="demo:giao-ban-quy")
    article.title = "Tựa đề đã sửa"
    article.save()
    Category.objects.filter(slug="y-te").update(slug="suc-khoe")
    Hotline.objects.filter(purpose="Giải quyết TTHC").update(number="024.33844635", dialled="+842433844635")
    Article.objects.get(source_key="demo:goc-tu-lieu").delete()
    before = rows()
    assert "1 mục mới" in seed()
    article.refresh_from_db()
    assert article.title == "Tựa đề đã sửa"
    assert SiteProfile.objects.get().name == "Phường Mới"
    assert Hotline.objects.get(purpose="Giải quyết TTHC").number == "024.33844635"
    more = {name: before[name] + 1 for name in ("news.Article", "news.ArticlePicture", "portal.AuditLine")}
    assert rows() == before | more


LOOKS = [
    the_demo_has_what_a_portal_needs,
    every_category_has_public_articles_and_every_article_its_texts,
    what_is_not_public_is_there_to_leak,
    one_poll_is_open_without_ballots_and_one_is_closed_with_many,
    counters_begin_with_the_old_portal_and_no_invented_day,
    banners_have_pictures_and_words_for_them,
    everything_is_valid_as_if_typed_into_a_form_and_composed_unicode,
    another_run_overwrites_no_edit_and_brings_back_what_is_missing,  # the last one: it edits
]


@pytest.mark.django_db
def test_quietly_the_whole_demo_is_there(quick_pictures, capfd, subtests):
    out = StringIO()
    call_command("seed_demo", "--quiet", stdout=out)
    assert out.getvalue() == "" and capfd.readouterr() == ("", "")
    for look in LOOKS:
        with subtests.test(look.__name__):
            look()


# --- Other beginnings and ends --------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_question_that_came_without_answers_gets_them(quick_pictures):
    Poll.objects.create(question="Khả năng đáp ứng thông tin của Cổng TTĐT ?")
    seed()
    assert Poll.objects.open().get().options.count() == 4
    assert Poll.objects.count() == 2


@pytest.mark.django_db
def test_a_run_that_fails_leaves_neither_rows_nor_files(quick_pictures, monkeypatch, settings):
    def break_down(demo, rows):
        raise OSError("disk full")

    monkeypatch.setattr(Demo, "menu", break_down)
    before = rows()
    with pytest.raises(OSError, match="disk full"):
        seed()
    assert rows() == before
    assert files(settings.MEDIA_ROOT) == []


def test_a_picture_depends_on_nothing_but_scene_seed_and_size():
    assert pictures.webp("lotus", 3) == pictures.webp("lotus", 3)
    assert pictures.webp("lotus", 3) != pictures.webp("lotus", 8)
    assert Image.open(BytesIO(pictures.webp("hills", 1, size=(800, 400)))).size == (800, 400)


@pytest.mark.parametrize("scene", sorted(pictures.SCENES))
def test_every_scene_fits_in_sixty_kilobytes(scene):
    assert max(len(pictures.webp(scene, seed)) for seed in range(2)) <= 60_000

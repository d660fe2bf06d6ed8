"""The library of pictures: each once, described, shown in the file that fits, private until public, deleted when unused."""

import io
import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models.deletion import ProtectedError
from django.utils import timezone
from PIL import Image

from news import media
from news.models import Article, ArticlePicture, Picture
from portal import heartbeat
from portal.lib import pagecache
from portal.models import Banner, Page
from tests import hostile
from tests.desk import inline, page_of, said, sign_in
from tests.factories import make_article, make_category, make_page, make_picture, make_profile

pytestmark = pytest.mark.django_db
LIBRARY, UPLOAD = "/quan-tri/news/picture/kho/", "/quan-tri/news/picture/kho/tai-len/"
State = Article.State


def photo(size=(40, 20), colour="red"):
    return SimpleUploadedFile("Ảnh của tôi.JPG", hostile.encoded(Image.new("RGB", size, colour), "JPEG"), "image/jpeg")


def tag(picture):
    return f'<p><img src="{picture.url}" alt="{picture.alt}"></p>'


def asked(client, address, method="get"):
    """The response; who reads to the end closes the file behind it."""
    response = getattr(client, method)(address)
    if response.streaming:
        b"".join(response.streaming_content)
    return response


def status(*arguments):
    return asked(*arguments).status_code


# --- Uploading ------------------------------------------------------------------------------------------------------
def test_an_upload_is_kept_in_four_widths_under_a_name_that_nobody_guesses(tmp_path):
    answer = sign_in("news.add_picture").post(UPLOAD, {"upload": photo((1600, 800)), "alt": "Nền đỏ", "focal_x": "10"})
    picture = Picture.objects.get()
    assert (answer.status_code, answer.json()["picture"]["url"]) == (201, f"/media/images/{picture.name}.webp")
    sizes = {path.name: Image.open(io.BytesIO(path.read_bytes())).size for path in (tmp_path / "images").iterdir()}
    assert sizes == {
        f"{picture.name}.webp": (1600, 800),
        f"{picture.name}-400.webp": (400, 200),
        f"{picture.name}-800.webp": (800, 400),
        f"{picture.name}-1200.webp": (1200, 600),
    }
    assert (picture.width, picture.height, picture.focal_x, picture.focal_y) == (1600, 800, 10, 50)
    assert (picture.uploaded_by.username, picture.size) == (
        "nhanvien",
        (tmp_path / "images" / f"{picture.name}.webp").stat().st_size,
    )


def test_the_same_pixels_are_stored_once_whatever_file_they_come_in(admin_client, tmp_path):
    pixels = Image.effect_noise((50, 40), 50).convert("RGB")
    answers = [
        admin_client.post(
            UPLOAD, {"upload": SimpleUploadedFile(f"a.{kind}", hostile.encoded(pixels, kind)), "alt": kind}
        )
        for kind in ("PNG", "GIF", "PNG")
    ]
    # A GIF has 256 colours: enough for the greys of this noise.
    assert [(a.status_code, a.json()["is_new"]) for a in answers] == [(201, True), (200, False), (200, False)]
    assert (Picture.objects.get().alt, len(list((tmp_path / "images").iterdir()))) == ("PNG", 1)


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({}, "Ảnh chụp gì: Hãy cho biết ảnh chụp gì, hoặc đánh dấu “ảnh chỉ để trang trí”."),
        (
            {"alt": "Hồ", "is_decorative": "on"},
            "Ảnh chụp gì: Ảnh trang trí không cần mô tả: hãy xóa mô tả, hoặc bỏ đánh dấu “ảnh chỉ để trang trí”.",
        ),
    ],
)
def test_a_picture_is_either_described_or_decoration(admin_client, fields, error):
    answer = admin_client.post(UPLOAD, {"upload": photo(), **fields})
    assert (answer.status_code, [e.lower() for e in answer.json()["errors"]]) == (422, [error.lower()])
    assert admin_client.post(UPLOAD, {"upload": photo(), "is_decorative": "on"}).status_code == 201


def test_the_database_holds_it_too():
    picture = make_picture()
    for wrong in ({"alt": ""}, {"is_decorative": True}, {"focal_x": 101}, {"name": "../x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Picture.objects.filter(pk=picture.pk).update(**wrong)


def test_without_a_script_a_picture_is_uploaded_by_its_form(admin_client):
    answer = admin_client.post(
        "/quan-tri/news/picture/add/", {"upload": photo(), "alt": "Nền đỏ", "credit": "An"}, follow=True
    )
    assert (answer.status_code, Picture.objects.get().credit) == (200, "An")
    again = admin_client.post("/quan-tri/news/picture/add/", {"upload": photo(), "alt": "Khác"}, follow=True)
    assert "Kho ảnh đã có ảnh này; ảnh không được lưu thêm lần nữa." in again.content.decode()
    refused = admin_client.post(
        "/quan-tri/news/picture/add/", {"upload": SimpleUploadedFile("a.png", b"x"), "alt": "A"}
    )
    assert said(refused) == ["Tệp này không phải là ảnh JPEG, PNG, WebP hoặc GIF nguyên vẹn."]


def test_a_row_that_fails_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.setattr("portal.lib.audit.record", lambda *a, **k: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        make_picture()
    assert list((tmp_path / "images").iterdir()) == []


@pytest.mark.django_db(transaction=True)
def test_ten_people_who_upload_the_same_picture_at_once_make_one(tmp_path):
    pixels, found, start = Image.new("RGB", (500, 30), "blue"), [], threading.Barrier(10)

    def upload():
        start.wait()
        found.append(media.store(pixels, alt="Nền xanh")[0].pk)
        connection.close()

    threads = [threading.Thread(target=upload) for _ in range(10)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert (Picture.objects.count(), len(found), len(set(found))) == (1, 10, 1)
    assert len(list((tmp_path / "images").iterdir())) == 2


# --- Who may ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("right", "expected"),
    [
        ("news.add_picture", (200, 201, 403)),
        ("news.change_picture", (200, 403, 200)),
        ("news.change_article", (200, 403, 403)),
        ("polls.change_poll", (403, 403, 403)),
    ],
)
def test_rights_of_the_dialogue(right, expected):
    picture, staff = make_picture(), sign_in(right)
    asked = (
        staff.get(LIBRARY),
        staff.post(UPLOAD, {"upload": photo(), "alt": "Nền đỏ"}),
        staff.post(f"{LIBRARY}{picture.pk}/", {"alt": "Mới"}),
    )
    assert tuple(answer.status_code for answer in asked) == expected


def test_citizens_are_led_to_the_login_and_a_missing_token_is_refused(reader, admin_user):
    assert [reader.get(LIBRARY).status_code, reader.post(UPLOAD).status_code] == [302, 302]
    strict = type(reader)(enforce_csrf_checks=True)
    strict.force_login(admin_user)
    assert strict.post(UPLOAD, {"upload": photo(), "alt": "A"}).status_code == 403
    assert strict.get(UPLOAD).status_code == 405


def test_the_library_is_searched_without_accents_and_turned_by_pages(admin_client):
    for n in range(26):
        make_picture(alt=f"Hồ sen {n}")
    lake = make_picture(alt="Trụ sở", caption="Ủy ban nhân dân")
    first = admin_client.get(LIBRARY).json()
    assert (len(first["pictures"]), first["pages"], first["pictures"][0]["id"]) == (24, 2, lake.pk)
    assert [p["id"] for p in admin_client.get(f"{LIBRARY}?q=uy+ban").json()["pictures"]] == [lake.pk]
    assert [p["id"] for p in admin_client.get(f"{LIBRARY}?name={lake.name}").json()["pictures"]] == [lake.pk]
    assert len(admin_client.get(f"{LIBRARY}?page=10000000000000000000000&q=ho+sen").json()["pictures"]) == 2


def test_what_is_said_of_a_picture_is_changed_and_written_down(admin_client, admin_user):
    picture = make_picture()
    answer = admin_client.post(f"{LIBRARY}{picture.pk}/", {"alt": "Hồ sen", "focal_x": "0", "focal_y": "80"})
    picture.refresh_from_db()
    assert (answer.status_code, picture.alt, picture.focus) == (200, "Hồ sen", "focus-x0 focus-y75")
    entry = admin_user.logentry_set.latest("pk")
    assert '"changed": {"alt": "Hồ sen", "focal_x": 0, "focal_y": 80}' in entry.change_message


# --- Where it is shown -----------------------------------------------------------------------------------------------
def test_the_database_notes_which_texts_show_a_picture():
    first, second = make_picture(), make_picture()
    article, page = make_article(body=tag(first) + tag(first)), make_page(body=tag(second))
    assert (first.uses(), second.uses()) == ([(article, "trong nội dung")], [(page, "trong nội dung")])
    Article.objects.update(body=tag(second), cover=first)  # past every save
    assert (first.uses(), second.uses()) == (
        [(article, "ảnh đại diện")],
        [(article, "trong nội dung"), (page, "trong nội dung")],
    )
    Page.objects.all().delete()
    Article.objects.update(body="")
    assert (ArticlePicture.objects.count(), list(Picture.objects.unused())) == (0, [second])


def test_a_picture_in_use_is_not_deleted_and_its_page_says_where_it_is(admin_client, tmp_path):
    picture, article = make_picture(), make_article(title="Bài về hồ sen")
    article.body = tag(picture)
    article.save()
    assert "Bài viết: Bài về hồ sen" in admin_client.get(page_of(picture)).content.decode()
    refused = admin_client.post(page_of(picture, "delete"), {"post": "yes"})
    assert (refused.status_code, "Bài về hồ sen" in refused.content.decode()) == (200, True)
    with pytest.raises(ProtectedError):
        media.delete(picture)
    with pytest.raises(IntegrityError), connection.cursor() as cursor, transaction.atomic():
        cursor.execute("DELETE FROM news_picture; SET CONSTRAINTS ALL IMMEDIATE")
    assert (Picture.objects.count(), len(list((tmp_path / "images").iterdir()))) == (1, 1)


def test_a_picture_that_nothing_shows_goes_with_its_files(admin_client, tmp_path, django_capture_on_commit_callbacks):
    picture = make_picture(size=(900, 30))
    with django_capture_on_commit_callbacks(execute=True):
        admin_client.post(page_of(picture, "delete"), {"post": "yes"})
    assert (Picture.objects.count(), list((tmp_path / "images").iterdir())) == (0, [])


def test_the_cover_is_chosen_from_the_library(admin_client):
    picture = make_picture()
    form = {"title": "Bài", "category": make_category().pk, "cover": picture.pk} | inline("attachments")
    assert f'<option value="{picture.pk}" data-src' in admin_client.get("/quan-tri/news/article/add/").content.decode()
    admin_client.post("/quan-tri/news/article/add/", form)
    assert Article.objects.get().cover == picture
    for wrong in ("999999", "x", "9" * 30):
        refused = admin_client.post("/quan-tri/news/article/add/", form | {"cover": wrong})
        assert said(refused) == ["Lựa chọn này không có trong danh sách."]


def test_a_picture_that_the_library_has_not_is_refused_in_the_text(admin_client):
    body = f'<p><img src="/media/images/{"0a" * 16}.webp" alt="a"></p>'
    form = {"title": "Bài", "category": make_category().pk, "body": body} | inline("attachments")
    refused = admin_client.post("/quan-tri/news/article/add/", form)
    assert said(refused) == [
        "Trong nội dung có ảnh không còn trong kho ảnh. Hãy xóa ảnh ấy rồi chèn lại bằng nút “Ảnh”."
    ]


# --- Readers ---------------------------------------------------------------------------------------------------------
def test_cover_and_pictures_in_the_text_come_in_the_file_that_fits(reader):
    cover, inside = make_picture(size=(1300, 40), focal_x=0, credit="An"), make_picture(size=(900, 30))
    article = make_article(cover=cover, body=tag(inside))
    page = reader.get(article.get_absolute_url()).content.decode()
    name = f"/media/images/{cover.name}"
    assert (
        f'<img src="{name}-1200.webp" srcset="{name}-400.webp 400w, {name}-800.webp 800w, {name}-1200.webp 1200w, '
        f'{name}.webp 1300w" sizes="(width &gt;= 44rem) 40.5rem, 94vw" width="1300" height="40" alt="{cover.alt}" '
        'class="focus-x0" fetchpriority="high">'
    ) in page
    assert f'property="og:image" content="http://testserver{name}.jpg"' in page
    name = f"/media/images/{inside.name}"
    assert (
        f'<img src="{name}.webp" alt="{inside.alt}" width="900" height="30" srcset="{name}-400.webp 400w, '
        f'{name}-800.webp 800w, {name}.webp 900w" sizes="(width &gt;= 44rem) 40.5rem, 94vw" loading="lazy">'
    ) in page
    assert 'srcset="' in reader.get("/").content.decode()


def states():
    """Articles of every state that citizens do not see, each with a picture as cover and one in its text."""
    now, hour = timezone.now(), timedelta(hours=1)
    fields = {
        "draft": {"state": State.DRAFT},
        "withdrawn": {"state": State.WITHDRAWN},
        "scheduled": {"published_at": now + hour},
        "expired": {"published_at": now - 2 * hour, "expires_at": now - hour},
    }
    for state, values in fields.items():
        cover, inside = make_picture(size=(500, 20)), make_picture(size=(500, 20))
        yield state, cover, inside, make_article(cover=cover, body=tag(inside), **values)


def test_the_pictures_of_what_is_not_public_do_not_exist_for_citizens(reader, beat):
    hidden = list(states())
    shown = make_picture(size=(500, 20))
    article = make_article(cover=shown)
    beat()
    assert {status(reader, f"/media/{name}", method) for name in shown.files for method in ("get", "head")} == {200}
    for _state, cover, inside, _article in hidden:
        for name in (*cover.files, *inside.files, f"images/{cover.name}.jpg", f"images/{inside.name}.jpg"):
            assert [status(reader, f"/media/{name}", method) for method in ("get", "head")] == [404, 404]
    Article.objects.filter(pk=article.pk).update(state=State.WITHDRAWN)
    pagecache.forget()
    for name in shown.files:
        answer = reader.get(f"/media/{name}", headers={"if-none-match": f'"{name.rpartition("/")[2]}"'})
        assert answer.status_code == 404


@pytest.mark.parametrize(("size", "told"), [((1600, 800), (1200, 600)), ((900, 300), (900, 300))])
def test_a_shared_link_shows_the_picture_as_a_jpeg_of_the_size_that_is_told(reader, size, told):
    cover = make_picture(size=size)
    page = reader.get(make_article(cover=cover).get_absolute_url()).content.decode()
    head = dict(re.findall(r'<meta property="og:image:?(\w*)" content="([^"]*)">', page))
    answer = reader.get(head[""].removeprefix("http://testserver"))
    with Image.open(io.BytesIO(answer.content)) as image:
        assert (image.format, image.size) == ("JPEG", told)
    assert (head["type"], head["width"], head["height"]) == ("image/jpeg", *map(str, told))
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/jpeg", "private, max-age=300")
    for name in cover.files:
        default_storage.delete(name)
    assert status(reader, f"/media/images/{cover.name}.jpg") == 404


def test_a_picture_appears_and_goes_with_whatever_shows_it(reader):
    picture = make_picture()
    page = make_page(body=tag(picture), is_public=False)
    seen = [status(reader, picture.url)]
    for is_public in (True, False):
        Page.objects.filter(pk=page.pk).update(is_public=is_public)
        pagecache.forget()
        seen.append(status(reader, picture.url))
    article = make_article(cover=picture, published_at=timezone.now() + timedelta(hours=1))
    pagecache.forget()
    seen.append(status(reader, picture.url))
    Article.objects.filter(pk=article.pk).update(published_at=timezone.now())
    pagecache.forget()
    assert [*seen, status(reader, picture.url)] == [404, 200, 404, 404, 200]


def test_banners_are_private_before_their_time(reader):
    image = SimpleUploadedFile("b.webp", hostile.encoded(hostile.noise(), "WEBP"))
    banner = Banner.objects.create(
        title="Biểu ngữ", alt="a", image=image, starts_at=timezone.now() + timedelta(hours=1)
    )
    seen = [status(reader, banner.image.url)]
    Banner.objects.update(starts_at=timezone.now())
    pagecache.forget()
    assert [*seen, status(reader, banner.image.url)] == [404, 200]


def test_staff_see_all_pictures_and_no_cache_keeps_the_private_ones():
    _state, cover, _inside, _article = next(states())
    response = asked(sign_in("news.change_article"), cover.url)
    assert (response.status_code, "no-store" in response["Cache-Control"]) == (200, True)


def test_a_session_without_a_right_to_pictures_opens_nothing(django_user_model):
    _state, cover, _inside, _article = next(states())
    assert status(sign_in("polls.change_poll"), cover.url) == 404


def test_a_public_picture_costs_no_query_and_made_up_names_no_memory(reader, beat, django_assert_num_queries):
    picture = make_picture()
    make_article(cover=picture)
    beat()
    status(reader, "/media/images/khong-co.webp")  # the page that says so is remembered, too
    remembered = len(pagecache._memory.fragments)
    with django_assert_num_queries(0):
        response = asked(reader, picture.url)
        made_up = [status(reader, f"/media/images/{n:032x}.webp") for n in range(50)]
    assert (set(made_up), len(pagecache._memory.fragments)) == ({404}, remembered)
    assert (response["Content-Type"], response["Cache-Control"]) == ("image/webp", "private, max-age=300")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert reader.get(picture.url, headers={"if-none-match": response["ETag"]}).status_code == 304


def test_known_pictures_are_served_while_the_database_is_away(reader, beat, monkeypatch):
    picture, hidden = make_picture(), make_picture()
    make_article(cover=picture)
    beat()
    status(reader, "/media/images/khong-co.webp")
    pagecache.database_is_away()
    monkeypatch.setattr(connection, "cursor", lambda *a, **k: 1 / 0)
    assert [status(reader, picture.url), status(reader, hidden.url)] == [200, 404]


# --- Looking after the files -----------------------------------------------------------------------------------------
def test_missing_files_are_made_again_and_forgotten_ones_removed(tmp_path, capsys):
    picture = make_picture(size=(900, 30))
    (tmp_path / picture.files[1]).unlink()
    forgotten = tmp_path / "images" / ("0b" * 16 + ".webp")
    forgotten.write_bytes(b"x")
    call_command("tend_media")
    assert ((tmp_path / picture.files[1]).exists(), forgotten.exists()) == (True, True)
    call_command("tend_media", hours=0)
    assert (forgotten.exists(), {path.name for path in (tmp_path / "images").iterdir()}) == (
        False,
        {name.rpartition("/")[2] for name in picture.files},
    )


def test_files_of_banners_and_emblems_that_others_replaced_are_removed(tmp_path):
    banner = Banner(title="Biểu ngữ", alt="a")
    profile = make_profile()
    for row, field in ((banner, "image"), (profile, "emblem")):
        for _time in range(2):
            getattr(row, field).save("a.webp", SimpleUploadedFile("a.webp", hostile.encoded(hostile.noise(), "WEBP")))
    call_command("tend_media", hours=0)
    kept = sorted(path.name for folder in ("banners", "emblem") for path in (tmp_path / folder).iterdir())
    assert kept == sorted(Path(name).name for name in (banner.image.name, profile.emblem.name))


def test_the_beat_learns_what_is_public(beat):
    make_article(cover=make_picture())
    beat()
    assert "public pictures" in pagecache._memory.fragments
    assert heartbeat.mediafiles.public_names()

"""Addresses of the old portal lead to what has taken their place, and nowhere else."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from news import publishing
from news.models import OldAddress
from portal import redirecting
from portal.models import LostAddress, Redirect
from tests import pace
from tests.factories import make_article, make_category, make_office, make_page, make_poll

pytestmark = pytest.mark.django_db
OLD = "/van-hoa-xa-hoi/-/asset_publisher/Xy1z0abcDEF/content/tet-am-no-nghia"


@pytest.fixture
def article():
    return make_article(title="Tết ấm no nghĩa tình", category=make_category(name="Văn hóa"))


@pytest.mark.parametrize(
    "asked",
    [
        OLD,
        f"{OLD}/",
        f"{OLD}?inheritRedirect=false&redirect=https%3A%2F%2Fevil.example",
        f"{OLD}/maximized",
        f"{OLD};jsessionid=0A1B",
        f"/web/guest{OLD}",
        f"/vi{OLD}",
        OLD.replace("Xy1z0abcDEF", "another0box"),
        OLD.replace("van-hoa-xa-hoi", "tin-noi-bat"),
        OLD.upper(),
    ],
)
def test_every_spelling_of_an_old_address_leads_to_the_article(reader, article, asked):
    redirecting.set_redirect(f"https://cu.example{OLD}", article.get_absolute_url())
    answer = reader.get(asked)
    assert (answer.status_code, answer["Location"]) == (301, article.get_absolute_url())


def test_capitals_lead_where_small_letters_do(reader, article):
    redirecting.set_redirect("/thu-tuc/ho-tich", article.get_absolute_url())
    redirecting.set_redirect("/Thu-tuc/Ho-tich", "/tin-tuc/")
    asked = ["/thu-tuc/ho-tich", "/THU-TUC/HO-TICH", "/Thu-tuc/Ho-tich"]
    assert [reader.get(path)["Location"] for path in asked] == [article.get_absolute_url()] * 2 + ["/tin-tuc/"]


def test_what_two_old_articles_share_leads_to_neither(reader, article):
    redirecting.set_redirect(OLD, article.get_absolute_url())
    redirecting.set_redirect(OLD.replace("van-hoa", "y-te"), make_article(title="Khác").get_absolute_url())
    assert reader.get(OLD)["Location"] == article.get_absolute_url()
    assert reader.get(OLD.replace("van-hoa", "kinh-te")).status_code == 404


def test_a_page_that_is_there_is_never_redirected(reader):
    redirecting.set_redirect("/lien-he", "/tin-tuc/")
    page = make_page(title="Liên hệ")
    assert reader.get(page.get_absolute_url()).status_code == 200


def test_a_post_is_not_redirected(reader, article):
    redirecting.set_redirect("/cu/Trang", article.get_absolute_url())
    assert (reader.get("/cu/Trang").status_code, reader.post("/cu/Trang").status_code) == (301, 404)


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "tin-tuc",
        "",
        "/tin tuc/",
        "/tin-tuc/?a=b",
        "/Không-Có",
        "/khong-co/",
        "/khong-co/ban-in/",
        "/en/khong-co/",
        "/tin-tuc/khong-co/",
        "/tin-tuc/khong-co/rss/",
        "/tin-tuc/van-hoa/999999-tet/",
        f"/tin-tuc/van-hoa/{10**30}-tet/",
        "/tin-tuc/tep/999999/",
        "/binh-chon/999999/",
        "/duong-day-nong/999999.vcf",
        "/quan-tri/",
    ],
)
def test_redirects_stay_on_the_portal(article, target):
    with pytest.raises(redirecting.ValidationError):
        redirecting.set_redirect(OLD, target)


@pytest.mark.parametrize("old", ["/quan-tri", "/static/a.css", "/media/images/a.webp"])
def test_what_the_portal_keeps_for_itself_is_no_old_address(old):
    with pytest.raises(redirecting.ValidationError, match="một phần khác của cổng"):
        redirecting.cleaned(old, "/tin-tuc/")


def test_an_old_address_may_begin_with_the_same_letters():
    assert redirecting.cleaned("/media-cu/a", "/tin-tuc/") == ("/media-cu/a", "/tin-tuc/", [])


def test_every_kind_of_page_may_be_the_new_address(article):
    page = make_page(title="Liên hệ", title_en="Contact", body_en="<p>Contact</p>")
    OldAddress.objects.create(slug="van-hoa-cu", category=article.category)
    targets = [
        "/", "/en/", "/tin-tuc/", "/tin-tuc/van-hoa/", "/tin-tuc/van-hoa-cu/", "/tin-tuc/van-hoa/rss/", "/duong-day-nong/",
        "/en/hotlines/", "/ban-do/", "/binh-chon/", make_poll().get_absolute_url(), "/thong-ke/", "/rss/",
        article.get_absolute_url(), f"{article.get_absolute_url()}#noi-dung", article.get_print_url(),
        f"/tin-tuc/khac/{article.pk}-ten-cu/", page.get_absolute_url(), page.get_print_url(), "/en/lien-he/",
        f"/duong-day-nong/{make_office().pk}.vcf",
    ]  # fmt: skip
    assert [redirecting.cleaned("/cu", target) for target in targets] == [("/cu", target, []) for target in targets]


@pytest.mark.parametrize(
    "old",
    ["/lien-he", "/lien-he/", "https://cu.example/lien-he/ban-in/", "/en/lien-he", "/tin-tuc", "/tin-tuc/van-hoa",
     "/tin-tuc/van-hoa-cu/", "/tin-tuc/khac/{article}-ten-cu", "/tin-tuc/y-te/{gone}-da-go", "/binh-chon/{poll}",
     "/duong-day-nong/ban-in", "/en/hotlines", "/en", "/sitemap.xml", "/healthz"],
)  # fmt: skip
def test_a_page_of_the_portal_is_no_old_address(admin_client, reader, article, text_of, old):
    make_page(title="Liên hệ")
    OldAddress.objects.create(slug="van-hoa-cu", category=article.category)
    gone = make_article(title="Đã gỡ", category=make_category(name="Y tế"))
    publishing.withdraw(gone, reason="Sai")
    old = old.format(article=article.pk, gone=gone.pk, poll=make_poll().pk)
    refused = admin_client.post(
        reverse("admin:portal_redirect_import"), {"file": table(f"{old},/ban-do/", "/cu,/ban-do/")}
    )
    assert refused.context["report"].counts == {"add": 1, "change": 0, "same": 0, "bad": 1}
    assert f"Ở địa chỉ cũ “{redirecting.old_path(old)}” hôm nay có một trang của cổng này" in text_of(refused)
    formed = admin_client.post(reverse("admin:portal_redirect_add"), {"old": old, "target": "/ban-do/"})
    assert (formed.status_code, "hôm nay có một trang của cổng này" in text_of(formed)) == (200, True)


HIDDEN = {
    "page": lambda: make_page(title="Ẩn", is_public=False).get_absolute_url(),
    "coming": lambda: make_article(published_at=timezone.now() + timedelta(1)).get_absolute_url(),
    "poll": lambda: make_poll(opens_at=timezone.now() + timedelta(1)).get_absolute_url(),
    "withdrawn": lambda: publishing.withdraw(make_article(), reason="Sai").get_absolute_url(),
}


@pytest.mark.parametrize("kind", HIDDEN)
def test_a_page_that_is_not_public_may_be_the_new_address_with_a_warning(admin_client, text_of, kind):
    target, warning = HIDDEN[kind](), "Trang ở địa chỉ mới hiện chưa hoặc không còn công khai"
    shown = admin_client.post(
        reverse("admin:portal_redirect_import"), {"file": table(f"/cu,{target}", "/tot,/ban-do/")}
    )
    assert shown.context["report"].counts == {"add": 2, "change": 0, "same": 0, "bad": 0}
    assert [row.number for row in shown.context["kinds"]["doubtful"]] == [2]
    said = text_of(shown)
    assert ("vẫn được nhập" in said, warning in said) == (True, True)
    added = admin_client.post(reverse("admin:portal_redirect_add"), {"old": "/cu", "target": target}, follow=True)
    assert (warning in text_of(added), Redirect.objects.get().target) == (True, target)


def test_an_old_address_where_a_page_waits_leads_elsewhere_until_its_day(admin_client, reader, text_of, tmp_path):
    page = make_page(title="Liên hệ", is_public=False)
    file = tmp_path / "bang.csv"
    file.write_bytes(table("/lien-he,/ban-do/").read())
    out, err = io.StringIO(), io.StringIO()
    call_command("import_redirects", str(file), stdout=out, stderr=err)
    assert out.getvalue() == "Đã thêm 1, đã đổi 0, giữ nguyên 0, không nhận 0.\n"
    assert err.getvalue().startswith("! dòng 2: /lien-he → /ban-do/: Ở địa chỉ cũ có một trang chưa công khai")
    assert (reader.get("/lien-he/").status_code, reader.get("/lien-he/")["Location"]) == (301, "/ban-do/")
    page.is_public = True
    page.save()
    assert reader.get("/lien-he/").status_code == 200


def test_a_table_of_the_longest_is_read_in_seconds(article):
    rows = [(n, [f"/van-hoa/-/asset_publisher/a/content/bai-{n}", article.get_absolute_url()]) for n in range(2, 5002)]
    with pace.seconds(6):
        report = redirecting.take([(1, ["Địa chỉ cũ", "Địa chỉ mới"]), *rows], by=None, is_trial=True)
    assert report.counts["add"] == 5000


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example", "/a b"])
def test_the_database_holds_them_here_too(target):
    with pytest.raises(IntegrityError), transaction.atomic():
        Redirect.objects.create(old="/cu", target=target)


def table(*rows):
    return SimpleUploadedFile("bang.csv", "\n".join(["Địa chỉ cũ,Địa chỉ mới", *rows]).encode(), "text/csv")


def test_a_table_is_shown_first_and_comes_in_with_its_good_rows(admin_client, article, text_of):
    target = article.get_absolute_url()
    redirecting.set_redirect("/doi", "/tin-tuc/")
    redirecting.set_redirect("/giu", "/tin-tuc/")
    LostAddress.objects.create(path=f"{OLD}/", n=3, first_on="2025-01-01", last_on="2025-01-01")
    rows = [
        f"https://cu.example{OLD},{target}",
        f"/doi,{target}",
        "/giu,/tin-tuc/",
        "/xau,https://evil.example/",
        f"{OLD},/tin-tuc/",
        ",/tin-tuc/",
    ]
    shown = admin_client.post(reverse("admin:portal_redirect_import"), {"file": table(*rows)})
    said = text_of(shown)
    assert shown.context["report"].counts == {"add": 1, "change": 1, "same": 1, "bad": 3}
    assert "Dòng 2 đã nói về cùng địa chỉ cũ này." in said
    assert "Địa chỉ mới phải là một đường dẫn của cổng này" in said
    assert Redirect.objects.count() == 2
    done = admin_client.post(reverse("admin:portal_redirect_import"), {"rows": shown.context["rows"]}, follow=True)
    assert "Đã thêm 1 chuyển hướng, đổi 1, giữ nguyên 1, không nhận 3 dòng." in text_of(done)
    assert dict(Redirect.objects.values_list("old", "target")) == {OLD: target, "/doi": target, "/giu": "/tin-tuc/"}
    assert not LostAddress.objects.exists()
    exported = admin_client.post(reverse("admin:portal_redirect_export")).content.decode("utf-8-sig")
    again = admin_client.post(
        reverse("admin:portal_redirect_import"), {"file": SimpleUploadedFile("lai.csv", exported.encode())}
    )
    assert again.context["report"].counts == {"add": 0, "change": 0, "same": 3, "bad": 0}


@pytest.mark.parametrize("old", ["12345", "van-hoa/cu", '=HYPERLINK("x")', "/cu%3Fa=1", "/cu%23a", "<b>"])
def test_a_row_that_the_database_would_refuse_does_not_keep_the_others_out(admin_client, old):
    page = reverse("admin:portal_redirect_import")
    rows = [f'"{old.replace(chr(34), chr(34) * 2)}",/tin-tuc/', "/tot,/tin-tuc/", f"/dai,/{'a' * 500}/"]
    shown = admin_client.post(page, {"file": table(*rows)})
    assert [row.number for row in shown.context["report"].of("bad")] == [2, 4]
    admin_client.post(page, {"rows": shown.context["rows"]})
    assert dict(Redirect.objects.values_list("old", "target")) == {"/tot": "/tin-tuc/"}


def test_another_persons_preview_is_not_carried_out(admin_client):
    done = admin_client.post(reverse("admin:portal_redirect_import"), {"rows": "made-up"}, follow=True)
    assert not Redirect.objects.exists()
    assert done.status_code == 200


def test_the_same_as_a_command(article, tmp_path):
    file = tmp_path / "bang.csv"
    file.write_bytes(table(f"{OLD},{article.get_absolute_url()}", "/xau,//evil").read())
    out, err = io.StringIO(), io.StringIO()
    call_command("import_redirects", str(file), dry_run=True, stdout=out, stderr=err)
    assert out.getvalue() == "Sẽ thêm 1, sẽ đổi 0, giữ nguyên 0, không nhận 1.\n"
    assert err.getvalue().startswith("✗ dòng 3: /xau → //evil:")
    assert not Redirect.objects.exists()
    call_command("import_redirects", str(file), stdout=out, stderr=err)
    assert Redirect.objects.get().old == OLD
    with pytest.raises(CommandError):
        call_command("import_redirects", str(tmp_path / "khong-co.csv"))


def test_a_lost_address_is_led_by_one_click_to_what_it_seems_to_mean(admin_client, reader, text_of):
    article = make_article(title="Đảm bảo an sinh xã hội dịp Tết Nguyên đán")
    # Liferay left every đ out.
    old = "/tin/-/asset_publisher/AbC/content/am-bao-an-sinh-xa-hoi-dip-tet-nguyen-an"
    rows = [
        LostAddress.objects.create(path=path, n=2, first_on="2025-01-01", last_on="2025-01-02")
        for path in (old, "/khong-ai-biet/")
    ]
    listed = admin_client.get("/quan-tri/portal/lostaddress/")
    assert f"Chuyển tới {article.get_absolute_url()}" in text_of(listed)
    assert ("Số lần" in text_of(listed), "Số điện thoại" in text_of(listed)) == (True, False)
    sent = {"action": "follow_guess", "_selected_action": [row.pk for row in rows]}
    done = admin_client.post("/quan-tri/portal/lostaddress/", sent, follow=True)
    assert "Đã chuyển hướng 1 địa chỉ." in text_of(done)
    assert [row.path for row in LostAddress.objects.all()] == ["/khong-ai-biet/"]
    assert reader.get(old)["Location"] == article.get_absolute_url()


def test_a_lost_address_where_a_page_has_come_is_told_and_keeps_no_other_out(admin_client, text_of):
    make_article(title="Lịch tiếp công dân")
    make_page(title="Lịch tiếp công dân")
    make_article(title="Đường hoa ngày Tết")
    rows = [
        LostAddress.objects.create(path=path, n=2, first_on="2025-01-01", last_on="2025-01-02")
        for path in ("/lich-tiep-cong-dan", "/cu/duong-hoa-ngay-tet")
    ]
    sent = {"action": "follow_guess", "_selected_action": [row.pk for row in rows]}
    done = text_of(admin_client.post("/quan-tri/portal/lostaddress/", sent, follow=True))
    assert "Đã chuyển hướng 1 địa chỉ." in done and "Hai địa chỉ trùng nhau." in done
    assert [one.old for one in Redirect.objects.all()] == ["/cu/duong-hoa-ngay-tet"]


def test_the_form_refuses_what_the_table_refuses(admin_client, text_of):
    add = reverse("admin:portal_redirect_add")
    assert "không phải trang chủ" in text_of(
        admin_client.post(add, {"old": "https://cu.example/", "target": "/tin-tuc/"})
    )
    assert "Hai địa chỉ trùng nhau." in text_of(admin_client.post(add, {"old": "/tin-tuc", "target": "/tin-tuc/"}))
    assert admin_client.post(add, {"old": f"https://cu.example{OLD}/", "target": "/tin-tuc/"}).status_code == 302
    assert Redirect.objects.get().slug == "tet-am-no-nghia"
    assert "đã có chuyển hướng" in text_of(admin_client.post(add, {"old": OLD, "target": "/ban-do/"}))

"""Who may open and send what: every address of the admin, for every role, as declared in one table."""

import io
import logging
import re
from http.cookies import SimpleCookie
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver
from django.utils import timezone
from PIL import Image

from hotlines import checking
from hotlines.models import FormerNumber, Holiday
from news import correcting, publishing
from news.models import Mistake
from polls.models import Wish
from portal.models import (
    Alert,
    Banner,
    DistrustedHost,
    LostAddress,
    MenuItem,
    MissedQuery,
    PromotedResult,
    Redirect,
    RelatedLink,
    Synonym,
)
from stats.models import Adjustment, DailyCount, OpeningBalance
from tests.desk import page_of
from tests.factories import (
    make_article,
    make_category,
    make_hotline,
    make_office,
    make_official,
    make_page,
    make_picture,
    make_poll,
    make_profile,
)

pytestmark = pytest.mark.django_db
ROLES = ("nobody", "Phóng viên", "Biên tập viên", "Người duyệt", "Quản trị", "superuser")
TABLE = Path(__file__).parent.parent / "data" / "roles.txt"


def walk(patterns, prefix=""):
    """(name, route) of every address below `patterns`."""
    for entry in patterns:
        if isinstance(entry, URLResolver):
            yield from walk(entry.url_patterns, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield entry.name, prefix + str(entry.pattern)


def addresses(things):
    """{row of the table: address} of the whole admin; a regular expression of verbs is one row for each verb."""
    found = {}
    for name, route in walk(admin.site.urls[0]):
        kind = (name or "").rpartition("_")[0]
        if "(?P<word>" in route:
            for word in re.search(r"\(\?P<word>([^)]*)\)", route)[1].split("|"):
                found[f"{name} {word}"] = f"/quan-tri/news/article/{things['news_article'].pk}/{word}/"
        elif "app_label" in route:
            found |= {
                f"app_list {app}": f"/quan-tri/{app}/"
                for app in re.search(r"\(\?P<app_label>([^)]*)\)", route)[1].split("|")
            }
        elif "final_catch_all" in route or "(?P<url>" in route:
            continue
        elif "content_type_id" in route:
            found[name] = f"/quan-tri/r/{ContentType.objects.get_for_model(Group).pk}/1/"  # what has no public page
        elif name or "object_id" not in route:
            pk = things[kind].pk if kind in things else 1
            if kind == "auth_user_password":
                pk = things["auth_user"].pk
            found[name] = "/quan-tri/" + re.sub("<[^>]*>", str(pk), route.replace("<slug:code>", "dong"))
    return found


def what_happens(response):
    """One letter: L to the login, H home because there is nothing of that kind for this role, Y answered

    (409: a form that does not say what it was opened with), N refused.
    """
    if response.status_code == 302 and "/login/" in response.url:
        return "L"
    if getattr(response, "template_name", "") == "admin/login_again.html":  # with the text that was sent
        return "L"
    if response.status_code == 302 and response.url == "/quan-tri/":
        return "H"
    return {200: "Y", 302: "Y", 409: "Y", 403: "N"}.get(response.status_code, str(response.status_code))


def picture():
    out = io.BytesIO()
    Image.new("RGB", (4, 4), "red").save(out, "WEBP")
    return out.getvalue()


@pytest.fixture
def things(admin_user):
    """One of everything; the article waits, written by somebody else."""
    article = publishing.submit(make_article(state="draft"), by=None)
    article.created_by = admin_user
    article.save()
    poll = make_poll()
    rows = {
        "news_article": article, "news_category": make_category(), "hotlines_office": make_office(),
        "hotlines_hotline": make_hotline(), "polls_poll": poll, "portal_siteprofile": make_profile(),
        "portal_page": make_page(), "portal_alert": Alert.objects.create(text="Bão"),
        "portal_menuitem": MenuItem.objects.create(label="Tin", target="news"),
        "portal_banner": Banner.objects.create(title="A", image=ContentFile(picture(), "a.webp"), alt="A"),
        "portal_relatedlink": RelatedLink.objects.create(title="Sở", url="https://hanoi.gov.vn"),
        "stats_dailycount": DailyCount.objects.create(day="2025-01-01", key="visit", n=1),
        "stats_adjustment": Adjustment.objects.create(day="2025-01-01", n=-1, reason="Nhầm"),
        "stats_openingbalance": OpeningBalance.objects.create(as_of="2025-01-01", source="Cũ", total=5),
        "auth_user": User.objects.create_user("moi"), "auth_group": Group.objects.create(name="Nhóm rỗng"),
    }  # fmt: skip
    rows |= {
        "news_picture": make_picture(), "news_mistake": Mistake.objects.create(wrong="xăng xẻ", right="san sẻ"),
        "news_correction": correcting.correct(article, earlier=article, note="Sai số liệu", by=admin_user),
        "hotlines_check": checking.record(rows["hotlines_hotline"], "answered", by=admin_user),
        "hotlines_formernumber": FormerNumber.objects.create(hotline_pk=1, number="113", ended_at=timezone.now()),
        "hotlines_official": make_official(),
        "hotlines_holiday": Holiday.objects.create(day="2025-09-02", name="Quốc khánh"),
        "polls_wish": Wish.objects.create(poll=poll, text="Thiếu chỗ gửi xe"),
        "portal_synonym": Synonym.objects.create(short="KCN", long="khu công nghiệp"),
        "portal_promotedresult": PromotedResult.objects.create(title="A", url="/tin-tuc/", queries="một cửa"),
        "portal_redirect": Redirect.objects.create(old="/cu", target="/tin-tuc/"),
        "portal_missedquery": MissedQuery.objects.create(day="2025-01-01", query="abc", n=3),
        "portal_lostaddress": LostAddress.objects.create(path="/mat/", n=1, first_on="2025-01-01", last_on="2025-01-01"),
        "portal_distrustedhost": DistrustedHost.objects.create(host="quan-cu.gov.vn"),
    }  # fmt: skip
    rows["portal_auditline"] = admin_user.logentry_set.model.objects.first()
    return rows


def browser(role):
    client = Client(raise_request_exception=False)
    if role == "superuser":
        client.force_login(User.objects.create_superuser("tong"))
    elif role != "nobody":
        user = User.objects.create_user("vai", is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        client.force_login(user)
    return client


def declared():
    """{(row, method): {role: letter}} of the table."""
    rows = {}
    for line in TABLE.read_text().splitlines():
        if line and not line.startswith("#"):
            row, method, *letters = re.split(r"\s*\|\s*", line.strip(" |"))
            rows[row, method] = dict(zip(ROLES, letters[0].split(), strict=True))
    return rows


def what_happens_to(role, things):
    """{(row, method): letter} of every address; each request finds everything as it was."""
    client = browser(role)
    cookies = client.cookies.output(header="", sep=";")
    happened = {}
    for row, address in addresses(things).items():
        for method in ("GET", "POST"):
            before = transaction.savepoint()
            happened[row, method] = what_happens(getattr(client, method.lower())(address))
            transaction.savepoint_rollback(before)
            client.cookies = SimpleCookie(cookies)  # some end the session
    return happened


THOROUGHLY = {"Biên tập viên", "Quản trị", "superuser"}  # each takes seconds; the others go at every run


@pytest.fixture
def silence():
    """Refusals are meant here. By the function: a manager that is merely set leaves what loggers remember of it."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize(
    "role", [pytest.param(role, marks=[pytest.mark.thorough] if role in THOROUGHLY else []) for role in ROLES]
)
def test_each_address_answers_each_role_as_declared(things, role, monkeypatch, silence):
    # The rights are decided before a page is written; writing 1,300 pages would take half a minute.
    monkeypatch.setattr("django.template.base.Template.render", lambda template, context: "")
    assert what_happens_to(role, things) == {key: letters[role] for key, letters in declared().items()}


# --- Rights do not grow -----------------------------------------------------------------------------------------------
def over(app, models, *verbs):
    return {f"{app}.{verb}_{model}" for model in models.split() for verb in verbs}


GROUPS = {
    "Phóng viên": over("news", "article", "add", "delete", "view") | over("news", "picture", "add", "change", "view"),
    "Biên tập viên": over("news", "article", "change")
    | over("news", "category correction", "view")
    | over("news", "mistake", "add", "change", "view")
    | over("hotlines", "office hotline holiday official", "add", "change", "view")
    | over("hotlines", "succession", "add", "change", "delete", "view")
    | over("hotlines", "check", "add", "view")
    | over("hotlines", "formernumber", "view")
    | over("polls", "poll option", "view")
    | over("polls", "wish", "change", "view")
    | over("portal", "alert banner page relatedlink", "add", "change", "view")
    | over("portal", "menuitem missedquery lostaddress", "view")
    | over("portal", "synonym promotedresult redirect", "add", "change", "view")
    | over("stats", "dailycount", "view"),
    "Người duyệt": over("news", "article", "publish")
    | over("news", "correction", "change")
    | over("polls", "poll option", "add", "change")
    | over("portal", "menuitem", "add", "change"),
    "Quản trị": over("news", "category", "add", "change", "delete")
    | over("news", "picture mistake", "delete")
    | over("hotlines", "office hotline holiday official", "delete")
    | over("polls", "poll option wish", "delete")
    | over("portal", "alert banner page relatedlink menuitem", "delete")
    | over("portal", "synonym promotedresult redirect missedquery lostaddress", "delete")
    | over("portal", "distrustedhost", "add", "change", "delete", "view")
    | over("portal", "siteprofile", "add", "change", "view")
    | over("stats", "adjustment", "add", "view")
    | over("stats", "openingbalance", "add", "change", "view")
    | over("auth", "user", "add", "change", "delete", "view")
    | over("auth", "group", "view")
    | over("admin", "logentry", "view"),
}


def test_each_group_has_the_rights_of_the_one_before_and_exactly_these_more():
    held = set()
    for name, more in GROUPS.items():
        held |= more
        rights = Permission.objects.filter(group__name=name).values_list("content_type__app_label", "codename")
        assert (name, {f"{app}.{code}" for app, code in rights}) == (name, held)


@pytest.fixture
def administrator():
    """The browser of somebody of the group Quản trị, who is no superuser."""
    client = browser("Quản trị")
    client.user = User.objects.get(username="vai")
    return client


def test_an_administrator_puts_accounts_into_groups(administrator):
    account = User.objects.create_user("moi")
    group = Group.objects.get(name="Người duyệt")
    sent = {"username": "moi", "is_active": "on", "is_staff": "on", "groups": [group.pk]}
    assert administrator.post(page_of(account), sent).status_code == 302
    assert list(account.groups.all()) == [group]


def test_an_administrator_makes_no_superuser_and_grants_no_single_right(administrator):
    account = User.objects.create_user("moi")
    right = Permission.objects.get(codename="change_group").pk
    administrator.post(page_of(account), {"username": "moi", "is_superuser": "on", "user_permissions": [right]})
    account.refresh_from_db()
    assert (account.is_superuser, account.user_permissions.count()) == (False, 0)


def test_a_group_with_more_rights_than_their_own_is_not_offered(administrator):
    above = Group.objects.create(name="Trên")
    above.permissions.add(Permission.objects.get(codename="change_group"))
    account = User.objects.create_user("moi")
    assert administrator.post(page_of(account), {"username": "moi", "groups": [above.pk]}).status_code == 200
    assert not account.groups.exists()


def test_nobody_changes_their_own_groups_or_leaves_a_superuser_without_password(administrator):
    empty = Group.objects.create(name="Rỗng")
    administrator.post(page_of(administrator.user), {"username": "vai", "groups": [empty.pk], "is_superuser": "on"})
    administrator.user.refresh_from_db()
    assert [group.name for group in administrator.user.groups.all()] == ["Quản trị"]
    assert not administrator.user.is_superuser
    boss = User.objects.create_superuser("tong")
    assert administrator.post(page_of(boss), {"username": "x"}).status_code == 403
    assert administrator.get(f"/quan-tri/auth/user/{boss.pk}/password/").status_code == 403


def test_a_group_can_be_changed_by_superusers_only(administrator, admin_client):
    group = Group.objects.get(name="Phóng viên")
    assert administrator.post(page_of(group), {"name": "Khác"}).status_code == 403
    assert admin_client.get(page_of(group)).status_code == 200

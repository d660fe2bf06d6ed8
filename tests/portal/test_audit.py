"""The audit log on the desk: what gets into it, how it is read, filtered and taken away, that nobody leaves it."""

import ast
import csv
import io
from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext

from news import publishing
from portal.lib import audit
from tests.desk import page_of, sign_in
from tests.factories import make_article

pytestmark = pytest.mark.django_db
LIST, FILE = "/quan-tri/portal/auditline/", "/quan-tri/portal/auditline/csv/"
LOGIN = "/quan-tri/login/"


@pytest.fixture
def lan():
    return User.objects.create_user("lan", password="mat-khau-dai", is_staff=True, first_name="Phạm", last_name="Lan")


def verbs():
    return [audit.details(line).get("verb") for line in LogEntry.objects.order_by("pk")]


# --- What gets into it ------------------------------------------------------------------------------------------------
def test_signing_in_and_out_is_recorded(client, lan):
    client.post(LOGIN, {"username": "lan", "password": "mat-khau-dai"})
    client.post("/quan-tri/logout/")
    assert verbs() == ["Logged in", "Logged out"]
    assert {line.user for line in LogEntry.objects.all()} == {lan}


def test_a_failed_login_names_the_account_but_nothing_that_was_typed(client, lan):
    client.post(LOGIN, {"username": "lan", "password": "sai-mat-khau"})
    client.post(LOGIN, {"username": "mat-khau-cua-toi", "password": "x"})
    known, unknown = LogEntry.objects.order_by("pk")  # one line each
    assert (known.object_repr, unknown.object_id) == ("lan", None)
    assert known.user.username == "he-thong"
    for line in (known, unknown):
        assert "mat-khau" not in line.change_message + line.object_repr


def test_every_file_that_leaves_is_recorded(admin_client):
    admin_client.get("/quan-tri/stats/bao-cao/", {"csv": "days"})
    admin_client.get("/quan-tri/stats/bao-cao/", {"csv": "articles"})
    admin_client.get(FILE)
    assert verbs() == ["Exported"] * 3


def test_a_change_of_rights_says_which_there_were_and_which_there_are(admin_client, lan):
    group = Group.objects.get(name="Phóng viên")
    sent = {"username": "lan", "is_active": "on", "is_staff": "on", "groups": [group.pk]}
    assert admin_client.post(page_of(lan), sent).status_code == 302
    line = LogEntry.objects.get(change_message__contains="Rights changed")
    assert (audit.details(line)["before"], audit.details(line)["after"]) == ([], ["Phóng viên"])


def spoken_verbs():
    """Every verb that the sources give to the audit log, as `audit.record("…")` or as a name for one."""
    root = Path(__file__).resolve().parents[2]
    found = set()
    for path in (
        path for app in ("portal", "news", "hotlines", "polls", "stats") for path in (root / app).rglob("*.py")
    ):
        tree = ast.parse(path.read_text())
        constants = {
            target.id: node.value.args[0].value
            for node in ast.walk(tree) if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
            and getattr(node.value.func, "id", "") == "gettext_noop" for target in node.targets if isinstance(target, ast.Name)
        }  # fmt: skip
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if (name == "record" and getattr(call.func.value, "id", "") == "audit") or name == "_record":
                verb = call.args[0]
                found |= (
                    {verb.value} if isinstance(verb, ast.Constant) else {constants.get(getattr(verb, "id", ""), "")}
                )
    return (found | {verb.said for verb in publishing.VERBS.values()} | {publishing.ALONE}) - {""}


def test_every_verb_of_the_log_has_its_vietnamese_words():
    verbs = spoken_verbs()
    assert len(verbs) >= 30
    assert sorted(verb for verb in verbs if gettext(verb) == verb) == []


def test_a_failed_login_is_one_line_and_a_closed_door_none(client, lan):
    for _attempt in range(8):
        client.post(LOGIN, {"username": "lan", "password": "sai"})
    assert verbs() == ["Login failed"] * 5


def test_states_and_fields_are_told_in_words(admin_user):
    line = audit.record(
        "Poll changed", None, by=admin_user, before={"state": "open", "round": 1}, after={"state": "closed"}
    )
    assert audit.spoken(line) == "Sửa bình chọn: trạng thái: đang mở, lần: 1 → trạng thái: đã kết thúc"


# --- How it is read ---------------------------------------------------------------------------------------------------
@pytest.fixture
def told(admin_user, lan):
    """An article that was returned, then changed in a form."""
    article = make_article(title="Chi trả quà Tết", state="waiting")
    publishing.return_to_author(article, by=admin_user, reason="Thiếu số liệu")
    changed = [{"changed": {"fields": ["tiêu đề"]}}]
    LogEntry.objects.log_actions(lan.pk, [article], 2, change_message=changed)
    return article


def test_the_list_says_in_words_who_did_what_when_from_where_to_where_and_why(admin_client, told, text_of):
    shown = text_of(admin_client.get(LIST))
    assert "Trả lại: chờ duyệt → trả lại Bài viết Chi trả quà Tết Thiếu số liệu" in shown
    assert "Phạm Lan Đã sửa tiêu đề." in shown
    assert 'href="/quan-tri/portal/auditline/csv/?who=1"' in admin_client.get(LIST, {"who": 1}).content.decode()


def listed(client, **query):
    return [line.user.username for line in client.get(LIST, query).context["cl"].result_list]


def test_the_list_is_filtered_by_person_verb_kind_and_day_and_searched(admin_client, told, lan):
    assert listed(admin_client) == ["lan", "admin"]
    assert listed(admin_client, who=lan.pk) == ["lan"]
    assert listed(admin_client, verb="Returned") == ["admin"]
    assert listed(admin_client, verb="2") == ["lan"]
    assert listed(admin_client, verb="Published") == []
    assert listed(admin_client, q="Thiếu số") == ["admin"]
    assert listed(admin_client, q="Tết") == ["lan", "admin"]
    line = LogEntry.objects.first()
    assert listed(admin_client, kind=line.content_type_id) == ["lan", "admin"]
    assert listed(admin_client, kind=line.content_type_id + 1) == []
    assert listed(admin_client, action_time__year=1999) == []


def test_the_verbs_to_filter_by_are_those_that_were_recorded(admin_client, told):
    page = admin_client.get(LIST)
    choices = next(spec for spec in page.context["cl"].filter_specs if spec.parameter_name == "verb").lookup_choices
    assert [str(words) for _code, words in choices] == ["Trả lại", "Biểu mẫu: thêm", "Biểu mẫu: sửa", "Biểu mẫu: xoá"]


def test_the_file_holds_what_the_list_shows_and_runs_in_no_spreadsheet(admin_client, told, admin_user):
    audit.record("Exported", make_article(title="=1+1"), by=admin_user, reason="@SUM(A1)")
    rows = list(csv.reader(io.StringIO(admin_client.get(FILE, {"who": admin_user.pk}).content.decode("utf-8-sig"))))
    assert rows[0] == ["Thời điểm", "Tài khoản", "Việc đã làm", "Loại", "Số", "Đối tượng", "Lý do"]
    assert [row[1:4] + row[5:] for row in rows[1:]] == [
        ["admin", "Xuất dữ liệu", "Bài viết", "'=1+1", "'@SUM(A1)"],
        ["admin", "Trả lại: chờ duyệt → trả lại", "Bài viết", "Chi trả quà Tết", "Thiếu số liệu"],
    ]


def test_a_file_of_nonsense_leads_back_to_the_list(admin_client):
    answer = admin_client.get(FILE, {"published_at__day": "1e309"})
    assert (answer.status_code, answer["Location"]) == (302, f"{LIST}?e=1")
    assert verbs() == []


def test_the_history_of_a_thing_tells_the_same_lines(admin_client, told, text_of):
    shown = text_of(admin_client.get(page_of(told, "history")))
    assert "Trả lại: chờ duyệt → trả lại Thiếu số liệu" in shown
    assert "verb" not in shown


def test_only_who_has_the_right_reads_it_and_nobody_writes_it(admin_client, told):
    line = LogEntry.objects.first()
    assert sign_in("auth.view_user").get(LIST).status_code == 403
    assert Client().get(FILE).status_code == 302
    for address in (f"{LIST}add/", f"{LIST}{line.pk}/delete/"):
        assert admin_client.post(address, {"post": "yes"}).status_code == 403
    assert admin_client.get(f"{LIST}{line.pk}/change/").url == LIST
    assert LogEntry.objects.filter(pk=line.pk).exists()


# --- Nobody leaves it -------------------------------------------------------------------------------------------------
def test_an_account_in_the_log_is_deactivated_not_deleted(admin_client, told, lan, text_of):
    why = "Tài khoản “lan” đã có trong nhật ký nên không xoá được. Hãy bỏ chọn “Đang hoạt động” trong tài khoản đó."
    for _ in range(2):
        answer = admin_client.post(page_of(lan, "delete"), {"post": "yes"})
        assert why in text_of(answer)
    sent = {"action": "delete_selected", "_selected_action": [lan.pk], "post": "yes"}
    assert why in text_of(admin_client.post(reverse("admin:auth_user_changelist"), sent))
    assert User.objects.filter(pk=lan.pk).exists()


def test_an_account_that_did_nothing_can_be_deleted(admin_client, lan):
    assert admin_client.post(page_of(lan, "delete"), {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=lan.pk).exists()

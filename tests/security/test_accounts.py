"""Signing in: wrong passwords, the second step, the end of sessions, and that nobody learns who has an account."""

import io
import re
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.auth.models import Group, Permission, User
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from portal.accounts import second_step, sessions, throttle
from portal.models import RecoveryCode
from tests.desk import page_of, sign_in
from tests.factories import make_article

pytestmark = pytest.mark.django_db
LOGIN, CODE = "/quan-tri/login/", "/quan-tri/xac-thuc/"
ACCOUNT, SETUP, EVERYWHERE = "/quan-tri/tai-khoan/", "/quan-tri/tai-khoan/hai-buoc/", "/quan-tri/tai-khoan/dang-xuat/"
PASSWORD = "mat-khau-rat-dai"


@pytest.fixture
def lan():
    return User.objects.create_superuser("lan", password=PASSWORD)


def give(client, name="lan", password=PASSWORD, at="198.51.100.7", **more):
    """The answer to a name and a password, typed in a browser with the address `at`."""
    return client.post(LOGIN, {"username": name, "password": password, **more}, REMOTE_ADDR=at)


def device_of(user):
    """A telephone whose next code has not been used, and its codes for this account."""
    return TOTPDevice.objects.create(user=user, name="")


def token(device, steps=0):
    return f"{totp(device.bin_key, drift=steps):06d}"


def is_in(client):
    return client.get("/quan-tri/").status_code == 200


# --- Wrong passwords ------------------------------------------------------------------------------------------------
def test_five_wrong_passwords_close_the_name_to_the_network_for_a_quarter_of_an_hour(lan, text_of):
    client = Client()
    assert [give(client, password="sai").status_code for _ in range(5)] == [200, 200, 200, 200, 429]
    refused = give(client)
    assert refused.status_code == 429
    assert "sau 15 phút" in text_of(refused)
    assert give(client, at="198.51.100.200").status_code == 429  # the same /24
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=14, seconds=30))
    assert "sau 1 phút" in text_of(give(client))
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=15, seconds=1))
    assert give(client).status_code == 302
    assert AccessAttempt.objects.count() == 0


def test_another_network_and_another_name_are_not_shut_out(lan):
    User.objects.create_superuser("minh", password=PASSWORD)
    for _ in range(6):
        give(Client(), password="sai")
    assert give(Client()).status_code == 429
    assert give(Client(), at="203.0.113.9").status_code == 302
    assert give(Client(), name="minh").status_code == 302


def test_capitals_and_blanks_do_not_begin_a_new_count(lan):
    answers = [give(Client(), name=name, password="sai").status_code for name in ("lan", "LAN", " lan", "Lan ", "lAn")]
    assert answers[-1] == 429


def test_who_tries_names_from_one_network_is_shut_out_and_fills_no_log(lan):
    """Nobody reaches the limit of one name, but each try costs a slow hash and a line that stays for ever."""
    names = [f"ten{n}" for n in range(throttle.NETWORK_LIMIT // 4)]
    AccessAttempt.objects.bulk_create(
        AccessAttempt(username=name, ip_address="198.51.100.0", failures_since_start=4, attempt_time=timezone.now())
        for name in names[1:]
    )
    tried = [give(Client(), name="ten0", password="sai").status_code for _ in range(4)]
    lines = LogEntry.objects.count()
    assert (tried, give(Client(), name="moi").status_code, give(Client()).status_code) == (
        [200, 200, 200, 429],
        429,
        429,
    )
    assert LogEntry.objects.count() == lines
    assert give(Client(), at="203.0.113.9").status_code == 302
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert give(Client()).status_code == 302


def test_the_old_password_is_tried_as_often_as_at_the_door(lan):
    client = Client()
    give(client)
    sent = {"old_password": "sai", "new_password1": "con-meo-nho-12", "new_password2": "con-meo-nho-12"}
    answers = [
        client.post("/quan-tri/password_change/", sent, REMOTE_ADDR="198.51.100.7").status_code for _ in range(6)
    ]
    assert answers == [200, 200, 200, 200, 429, 429]
    assert (
        client.post(
            "/quan-tri/password_change/", sent | {"old_password": PASSWORD}, REMOTE_ADDR="198.51.100.7"
        ).status_code
        == 429
    )
    lan.refresh_from_db()
    assert lan.check_password(PASSWORD)


@pytest.mark.parametrize("new", ["con-meo-12", "123456789012", "nguyenvanlan", "passwordpassword"[:8]])
def test_a_weak_new_password_is_refused(new):
    User.objects.create_superuser("nguyenvanlan", password=PASSWORD)
    client = Client()
    give(client, "nguyenvanlan")
    sent = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post("/quan-tri/password_change/", sent).status_code == 200
    assert User.objects.get().check_password(PASSWORD)


def test_forged_forwarded_addresses_do_not_begin_a_new_count(lan):
    for n in range(5):
        Client().post(LOGIN, {"username": "lan", "password": "sai"}, REMOTE_ADDR="198.51.100.7",
                      HTTP_X_FORWARDED_FOR=f"203.0.{n}.1")  # fmt: skip
    assert give(Client()).status_code == 429


def test_of_a_wrong_password_little_is_kept_and_not_for_long(lan):
    Client(headers={"user-agent": "Dau-Vet/7"}).post(
        LOGIN, {"username": "lan", "password": "bi-mat-cua-toi", "next": "/quan-tri/x"}, REMOTE_ADDR="198.51.100.77"
    )
    row = AccessAttempt.objects.values().get()
    assert (row["ip_address"], row["user_agent"], row["http_accept"]) == ("198.51.100.0", "", "")
    assert not re.search("bi-mat|quan-tri/x|Dau-Vet|100.77", str(row))
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    throttle.forget()
    assert AccessAttempt.objects.count() == 0


@pytest.mark.parametrize("name", ["x" * 5000, "\0", "a\nb", "a\u202eb", "🎉" * 300, ""])
def test_odd_names_are_only_wrong(lan, name):
    for _ in range(6):
        assert give(Client(), name=name, password="sai").status_code in {200, 400, 429}


# --- Who has an account is nobody's business ------------------------------------------------------------------------
def test_wrong_name_wrong_password_no_staff_and_closed_account_are_told_alike(lan, text_of):
    User.objects.create_user("docgia", password=PASSWORD)
    User.objects.create_user("nghi", password=PASSWORD, is_staff=True, is_active=False)
    asked = [("lan", "sai"), ("khongco", "sai"), ("khongco", PASSWORD), ("docgia", PASSWORD), ("nghi", PASSWORD)]
    answers = [give(Client(), name, password) for name, password in asked]
    assert {answer.status_code for answer in answers} == {200}
    assert len({text_of(answer) for answer in answers}) == 1
    locked = [[give(Client(), name, "sai") for _ in range(5)][-1] for name in ("lan", "khongco2")]
    assert len({(answer.status_code, text_of(answer)) for answer in locked}) == 1


def test_every_refusal_costs_the_same_number_of_hashes(lan, monkeypatch):
    """Time is what the hasher takes, by design some tenths of a second; everything else is lost beside it."""
    User.objects.create_user("nghi", password=PASSWORD, is_staff=True, is_active=False)
    User.objects.create_user("khoa", is_staff=True)  # no usable password
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *given: hashed.append(1) or encode(*given))
    costs = {}
    for name in ("lan", "khongco", "nghi", "khoa"):
        hashed.clear()
        give(Client(), name, "sai")
        costs[name] = len(hashed)
    assert len(set(costs.values())) == 1, costs


# --- The second step ------------------------------------------------------------------------------------------------
def test_a_password_alone_opens_nothing_when_a_device_is_set_up(lan):
    device, client = device_of(lan), Client()
    assert give(client, next="/quan-tri/news/article/").status_code == 302
    for address in ("/quan-tri/", ACCOUNT, SETUP, "/quan-tri/password_change/", "/quan-tri/auth/user/"):
        assert client.get(address).status_code == 302, address
    assert client.post("/quan-tri/auth/user/add/", {}).status_code == 302
    refused = client.get("/quan-tri/news/article/", follow=True)
    assert refused.request["PATH_INFO"] == CODE
    opened = client.post(CODE, {"code": token(device), "next": "/quan-tri/news/article/"})
    assert (opened.status_code, opened["Location"]) == (302, "/quan-tri/news/article/")
    assert is_in(client)


def test_a_code_is_good_once_and_only_for_its_owner(lan):
    minh = User.objects.create_superuser("minh", password=PASSWORD)
    device, others = device_of(lan), device_of(minh)
    first, second = Client(), Client()
    for client in (first, second):
        give(client)
    used = token(device)
    assert first.post(CODE, {"code": used}).status_code == 302
    assert second.post(CODE, {"code": used}).status_code == 200
    assert second.post(CODE, {"code": token(others)}).status_code == 200
    assert (is_in(first), is_in(second)) == (True, False)


def test_after_wrong_codes_one_waits_and_then_signs_in_anew(lan, text_of):
    device, client = device_of(lan), Client()
    give(client)
    for _ in range(4):
        refused = client.post(CODE, {"code": "000000"})
        assert refused.status_code == 200
    assert "chỉ được xét sau" in text_of(refused)
    assert client.post(CODE, {"code": token(device)}).status_code == 302  # the fifth is not even looked at
    assert client.get(CODE)["Location"].startswith(LOGIN)


def test_recovery_codes_are_shown_once_stored_as_hashes_and_good_once(lan, settings):
    client = Client()
    give(client)
    page = client.get(SETUP).content.decode()
    assert re.search('src="data:image/svg[^"]+"', page)
    key = client.session["offered_key"]
    secret = re.search('class="secret">([A-Z2-7 ]+)<', page)[1]
    assert second_step.secret(second_step.offered(lan, key)) == secret
    done = client.post(SETUP, {"token": f"{totp(bytes.fromhex(key)):06d}"})
    codes = re.findall("<code>([a-z2-7-]{19})</code>", done.content.decode())
    assert (done.status_code, len(set(codes))) == (200, 10)
    assert client.get(SETUP).status_code == 302
    stored = str(list(RecoveryCode.objects.values()))
    assert not any(code in stored or code.replace("-", "") in stored for code in codes)
    for expected in (302, 200):
        other = Client()
        give(other)
        assert other.post(CODE, {"code": codes[0].upper()}).status_code == expected
    assert RecoveryCode.objects.count() == 9
    said = LogEntry.objects.order_by("pk").values_list("change_message", flat=True)
    verbs = [re.search('"verb": "([^"]+)"', line)[1] for line in said if "verb" in line]
    assert [verb for verb in verbs if verb != "Logged in"] == ["Two-step sign-in switched on", "Recovery code used"]


def test_a_wrong_first_code_switches_nothing_on(lan, text_of):
    client = Client()
    give(client)
    client.get(SETUP)
    for wrong in ("000000", "12345", "abcdef", "", "１２３４５６"):
        assert client.post(SETUP, {"token": wrong}).status_code == 200
    assert not second_step.is_on(lan)


def test_an_old_session_gives_its_password_again_before_a_device_is_set_up(lan):
    client = Client()
    give(client)
    client.get(SETUP)
    session = client.session
    session["began"] -= 3600
    session.save()
    key = session["offered_key"]
    asked = {"token": f"{totp(bytes.fromhex(key)):06d}"}
    assert client.post(SETUP, asked).status_code == 200
    assert client.post(SETUP, asked | {"password": "sai"}).status_code == 200
    assert not second_step.is_on(lan)
    assert client.post(SETUP, asked | {"password": PASSWORD}).status_code == 200
    assert second_step.is_on(lan)


@pytest.mark.parametrize("role", ["superuser", "Người duyệt", "Quản trị"])
def test_who_publishes_or_administers_sets_it_up_before_anything_else(settings, role):
    settings.TOTP_REQUIRED = True
    user = User.objects.create_user("lan", password=PASSWORD, is_staff=True, is_superuser=role == "superuser")
    if role != "superuser":
        user.groups.add(Group.objects.get_or_create(name=role)[0])
    client = Client()
    give(client)
    assert client.get("/quan-tri/", follow=True).request["PATH_INFO"] == SETUP
    key = client.session["offered_key"]
    assert "Để sau" not in client.get(SETUP).content.decode()
    client.post(SETUP, {"token": f"{totp(bytes.fromhex(key)):06d}"})
    assert is_in(client)
    device = TOTPDevice.objects.get()
    client.post(ACCOUNT, {"code": token(device, 1), "off": ""})
    assert second_step.is_on(user)


def test_others_may_choose(settings):
    settings.TOTP_REQUIRED = True
    User.objects.create_user("lan", password=PASSWORD, is_staff=True)
    client = Client()
    give(client)
    assert is_in(client)


def test_switching_off_and_new_codes_ask_for_a_code(lan):
    device, client = device_of(lan), Client()
    give(client)
    client.post(CODE, {"code": token(device)})
    assert client.post(ACCOUNT, {"code": "000000", "off": ""}).status_code == 200
    assert second_step.is_on(lan)
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None, last_t=-1)
    assert "recovery" in client.post(ACCOUNT, {"code": token(device), "renew": ""}).content.decode()
    TOTPDevice.objects.update(last_t=-1)
    assert client.post(ACCOUNT, {"code": token(device), "off": ""}).status_code == 302
    assert (second_step.is_on(lan), RecoveryCode.objects.count()) == (False, 0)


def test_no_page_shows_the_secrets_of_others(admin_client, lan):
    device = device_of(lan)
    addresses = ["/quan-tri/", "/quan-tri/auth/user/", page_of(lan), "/quan-tri/otp_totp/totpdevice/"]
    assert not any(device.key in admin_client.get(address).content.decode() for address in addresses)
    assert admin_client.get(addresses[-1]).status_code == 404


# --- The end of sessions --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("began", "seen", "status"),
    [(0, 0, 200), (11.9 * 3600, 29 * 60, 200), (60, 30 * 60, 302), (12 * 3600, 0, 302), (13 * 3600, 5, 302)],
)
def test_a_session_ends_after_half_an_hour_of_rest_and_after_twelve_hours(lan, began, seen, status):
    client = Client()
    give(client)
    session = client.session
    session["began"] -= began
    session["seen"] -= seen
    session.save()
    assert client.get("/quan-tri/").status_code == status
    assert client.get("/quan-tri/").status_code == status


def test_work_renews_the_half_hour_at_most_once_a_minute(lan):
    client = Client()
    give(client)
    client.get("/quan-tri/")
    session = client.session
    seen = session["seen"] = session["seen"] - 50
    session.save()
    assert "sessionid" not in client.get("/quan-tri/").cookies
    session = client.session
    session["seen"] = seen - 600
    session.save()
    renewed = client.get("/quan-tri/").cookies["sessionid"]
    assert (renewed["max-age"], renewed["httponly"], renewed["samesite"]) == (1800, True, "Lax")
    assert client.session["seen"] > seen


def test_what_a_page_asks_by_itself_keeps_no_session_alive(lan):
    client = Client()
    give(client)
    client.get("/quan-tri/")
    session = client.session
    session["seen"] -= 29 * 60
    session.save()
    form = page_of(make_article(state="draft"))
    ping = form.replace("change/", "dang-sua/")
    answer = client.post(ping, headers={"x-unattended": "1"})
    assert (answer.status_code, "sessionid" in answer.cookies) == (200, False)
    session = client.session
    session["seen"] -= 61
    session.save()
    assert client.post(ping, headers={"x-unattended": "1"}).status_code == 302
    give(client)
    session = client.session
    session["seen"] -= 29 * 60
    session.save()
    assert "sessionid" in client.post(ping).cookies  # somebody types


def test_a_new_password_ends_all_other_sessions(lan):
    here, there = Client(), Client()
    give(here), give(there)
    new = "con-meo-nho-12"
    sent = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert here.post("/quan-tri/password_change/", sent).status_code == 302
    assert (is_in(here), is_in(there)) == (True, False)
    lan.refresh_from_db()
    lan.set_password("dat-lai-34")  # by an administrator or in the terminal
    lan.save()
    assert not is_in(here)


def test_signing_out_everywhere_ends_every_session_of_this_account_and_no_other(lan, text_of):
    User.objects.create_superuser("minh", password=PASSWORD)
    here, there, minh = Client(), Client(), Client()
    give(here), give(there), give(minh, "minh")
    assert here.get(EVERYWHERE).status_code == 405
    said = here.post(EVERYWHERE, follow=True)
    assert "1 phiên khác cũng đã kết thúc" in text_of(said)
    assert (is_in(here), is_in(there), is_in(minh)) == (False, False, True)
    assert '"sessions": 2' in LogEntry.objects.latest("pk").change_message


def test_signing_in_changes_the_key_of_the_session(lan):
    client = Client()
    client.get(LOGIN)
    before = client.session.session_key
    give(client)
    after = client.session.session_key
    device_of(lan)
    give(client)
    client.post(CODE, {"code": token(TOTPDevice.objects.get())})
    assert len({before, after, client.session.session_key}) == 3
    assert Session.objects.count() == 1


def test_dead_sessions_are_thrown_away(lan):
    give(Client())
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    throttle.forget()
    assert Session.objects.count() == 0


def test_an_administrator_ends_sessions_and_removes_a_lost_telephone(admin_client, lan):
    device_of(lan)
    client = Client()
    give(client)
    for action in ("end_sessions", "drop_second_step"):
        sent = {"action": action, "_selected_action": [lan.pk]}
        assert admin_client.post("/quan-tri/auth/user/", sent).status_code == 302
    assert (second_step.is_on(lan), sessions.of(lan)) == (False, [])


# --- Nobody raises their own rights ---------------------------------------------------------------------------------
def test_who_manages_accounts_can_neither_rise_nor_touch_those_above(lan):
    manager = sign_in("auth.view_user", "auth.change_user", "auth.add_user")
    me = User.objects.get(username="nhanvien")
    group = Group.objects.get(name="Quản trị")
    right = Permission.objects.get(codename="delete_article")
    sent = {"username": "nhanvien", "is_active": "on", "is_staff": "on", "is_superuser": "on", "groups": [group.pk],
            "user_permissions": [right.pk], "date_joined_0": "01/01/2025", "date_joined_1": "00:00"}  # fmt: skip
    manager.post(page_of(me), sent)
    me.refresh_from_db()
    assert (me.is_superuser, me.groups.count(), me.user_permissions.count()) == (False, 0, 3)
    new = {"username": "moi", "password1": "con-meo-nho-12", "password2": "con-meo-nho-12", "usable_password": "true"}
    manager.post("/quan-tri/auth/user/add/", new | {"is_superuser": "on", "groups": [group.pk]})
    assert not User.objects.filter(username="moi", is_superuser=True).exists()
    password = reverse("admin:auth_user_password_change", args=[lan.pk])
    for address in (page_of(lan), password, page_of(lan, "delete")):
        assert manager.post(address, sent | new).status_code == 403, address
    device_of(lan)
    give(client := Client())
    for action in ("end_sessions", "drop_second_step"):
        manager.post("/quan-tri/auth/user/", {"action": action, "_selected_action": [lan.pk]})
    assert second_step.is_on(lan)
    assert client.get(CODE).status_code == 200
    lan.refresh_from_db()
    assert lan.check_password(PASSWORD)


# --- Commands -------------------------------------------------------------------------------------------------------
def test_the_first_administrator_is_made_once_with_a_password_shown_once():
    out = io.StringIO()
    call_command("first_admin", "--username", "chu", stdout=out)
    password = re.search(r"Mật khẩu\s+(\S+)", out.getvalue())[1]
    assert User.objects.get(is_superuser=True).check_password(password)
    call_command("first_admin", "--username", "khac", stdout=out)
    assert "Đã có người quản trị: chu" in out.getvalue()
    assert User.objects.filter(is_superuser=True).count() == 1
    assert give(Client(), "chu", password).status_code == 302


def test_the_first_administrator_chooses_a_password_that_passes_the_rules(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("12345678\n"))
    with pytest.raises(CommandError, match="phổ biến"):
        call_command("first_admin", "--ask")
    monkeypatch.setattr("sys.stdin", io.StringIO("con-meo-nho-12\n"))
    call_command("first_admin", "--ask", stdout=io.StringIO())
    assert User.objects.get(username="admin").check_password("con-meo-nho-12")


def test_a_locked_account_is_opened_in_the_terminal(lan):
    device_of(lan)
    for _ in range(5):
        give(Client(), password="sai")
    call_command("unlock_account", "lan", "--second-step", stdout=io.StringIO())
    client = Client()
    give(client)
    assert is_in(client)


# --- In the middle of a form --------------------------------------------------------------------------------------------
AGAIN = {"signed-in-again": "1", "username": "lan"}
LOCK_IN = {"title": "Viết dở", "body": "<p>Bí mật của bài</p>"}


@pytest.fixture
def form():
    return page_of(make_article(state="draft", title="Đang lưu"))


def hidden(answer):
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', answer.content.decode()))


def test_a_form_that_outlived_its_session_asks_for_both_steps_and_keeps_its_text(lan, form):
    device, client = device_of(lan), Client()
    asked = client.post(form, LOCK_IN)
    assert (asked.status_code, hidden(asked)["title"]) == (200, "Viết dở")
    code = client.post(form, LOCK_IN | AGAIN | {"password": PASSWORD})
    assert b"id_code" in code.content
    assert "Đang lưu" not in code.content.decode()
    assert (hidden(code)["title"], "password" in hidden(code), is_in(client)) == ("Viết dở", False, False)
    wrong = client.post(form, LOCK_IN | {"signed-in-again": "1", "code": "000000"})
    assert (hidden(wrong)["title"], is_in(client)) == ("Viết dở", False)
    TOTPDevice.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    before = client.session.session_key
    through = client.post(form, LOCK_IN | {"signed-in-again": "1", "code": token(device)})
    assert through.context["adminform"].form["title"].value() == "Viết dở"
    assert (is_in(client), client.session.session_key != before) == (True, True)


def test_a_form_that_outlived_its_session_leads_whoever_lacks_a_device_to_its_set_up(lan, form, settings):
    settings.TOTP_REQUIRED, client = True, Client()
    asked = client.post(form, LOCK_IN | AGAIN | {"password": PASSWORD})
    assert (SETUP.encode() in asked.content, hidden(asked)["title"], is_in(client)) == (True, "Viết dở", False)
    assert client.post(form, LOCK_IN | {"signed-in-again": "1"}).status_code == 200
    assert not is_in(client)


def test_five_wrong_codes_in_the_middle_of_a_form_ask_for_the_password_again(lan, form):
    device_of(lan)
    client = Client()
    client.post(form, LOCK_IN | AGAIN | {"password": PASSWORD})
    answers = [client.post(form, LOCK_IN | {"signed-in-again": "1", "code": "000000"}) for _ in range(5)]
    assert [b"id_password" in answer.content for answer in answers] == [False] * 4 + [True]
    assert hidden(answers[-1])["title"] == "Viết dở"


def test_wrong_passwords_in_the_middle_of_a_form_count_as_any_others_and_no_text_is_kept(lan, form):
    answers = [
        Client().post(form, LOCK_IN | AGAIN | {"password": "sai"}, REMOTE_ADDR="198.51.100.7").status_code
        for _ in range(5)
    ]
    assert (answers, give(Client()).status_code) == ([200] * 4 + [429], 429)
    assert "Bí mật" not in str(AccessAttempt.objects.values())
    assert AccessAttempt.objects.get().post_data == ""


def test_a_login_in_the_middle_of_a_form_begins_the_day_and_a_new_session(lan, form):
    client = Client()
    client.get("/quan-tri/login/")
    client.cookies["sessionid"] = "mot-phien-duoc-cay-san"
    client.post(form, LOCK_IN | AGAIN | {"password": PASSWORD})
    assert client.cookies["sessionid"].value != "mot-phien-duoc-cay-san"
    assert {"began", "seen", "step"} <= set(client.session.keys())

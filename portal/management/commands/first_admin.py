"""`manage.py first_admin`: the first account that may do everything, on a portal that has none."""

import getpass
import secrets
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from portal.lib import audit


class Command(BaseCommand):
    help = "Tạo người quản trị đầu tiên. Đã có người quản trị đang hoạt động thì không làm gì."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username", default="admin", help="tên đăng nhập; mặc định admin")
        parser.add_argument("--ask", action="store_true", help="hỏi mật khẩu thay vì tạo ngẫu nhiên")

    def handle(self, *, username: str, ask: bool, **_: Any) -> None:
        password = asked() if ask else secrets.token_urlsafe(15)
        with transaction.atomic():
            with connection.cursor() as cursor:  # two at once: the second finds the first one's account
                cursor.execute("LOCK TABLE auth_user IN SHARE ROW EXCLUSIVE MODE")
            present = User.objects.filter(is_superuser=True, is_active=True).first()
            if present:
                self.stdout.write(f"Đã có người quản trị: {present.get_username()}. Không thay đổi gì.")
                return
            if User.objects.filter(username=username).exists():
                raise CommandError(f"Tên {username} đã có người dùng khác; chọn tên khác bằng --username.")
            user = User(username=username, is_staff=True, is_superuser=True)
            check(user, password)
            user.set_password(password)
            user.save()
            audit.record("First administrator made", user, by=None)
        told = "như bạn vừa nhập" if ask else f"{password}   (chỉ hiện lần này)"
        self.stdout.write(f"Tài khoản  {username}\nMật khẩu   {told}")


def asked() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("Mật khẩu: ")
    if password != getpass.getpass("Nhập lại: "):
        raise CommandError("Hai lần nhập khác nhau; chưa tạo gì.")
    return password


def check(user: User, password: str) -> None:
    try:
        user.full_clean(exclude=["password"])
        validate_password(password, user)
    except ValidationError as refusal:
        raise CommandError(" ".join(refusal.messages)) from refusal

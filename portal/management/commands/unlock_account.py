"""`manage.py unlock_account tên`: opens an account whose owner is locked out, when no administrator can be asked."""

from argparse import ArgumentParser
from typing import Any

from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from portal.accounts import second_step


class Command(BaseCommand):
    help = "Bỏ khoá do nhập sai mật khẩu; thêm --second-step để gỡ cả xác thực hai bước (mất điện thoại)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", metavar="TÊN")
        parser.add_argument("--second-step", action="store_true", help="gỡ xác thực hai bước và mã dự phòng")

    def handle(self, *, username: str, **options: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"Không có tài khoản {username}.")
        opened, _ = AccessAttempt.objects.filter(username=username.lower()).delete()
        self.stdout.write(f"Đã bỏ {opened} khoá.")
        if options["second_step"]:
            second_step.switch_off(user, by=None)
            self.stdout.write("Đã gỡ xác thực hai bước.")

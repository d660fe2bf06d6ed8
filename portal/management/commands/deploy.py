"""`manage.py deploy`: everything between the new code on the disk and the restart of the server's processes."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from portal import deploying


class Command(BaseCommand):
    help = "Kiểm tra cấu hình, cập nhật bảng dữ liệu, gom tệp tĩnh; hai lần cùng lúc thì lần sau đợi lần trước."
    requires_system_checks = ()  # run below, where they can be told apart

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--plan", action="store_true", help="chỉ kể những bước sẽ làm")
        parser.add_argument("--may-lock", action="store_true", help="chấp nhận những bước chặn bảng lớn")

    def handle(self, *, plan: bool, may_lock: bool, **_: Any) -> None:
        if settings.PGBOUNCER:
            raise CommandError(
                "deploy cần nối thẳng tới PostgreSQL: đặt DATABASE_URL không qua pgbouncer và PGBOUNCER=0."
            )
        call_command("check", deploy=True, databases=["default"], stdout=self.stdout, stderr=self.stderr)
        with deploying.alone(self.stdout.write):
            steps, risks = deploying.pending(), deploying.risks()
            for step in steps:
                self.stdout.write(f"  {step}")
            for sentence in risks:
                self.stdout.write(self.style.WARNING(f"Chú ý: {sentence}"))
            if plan:
                return
            if risks and not may_lock:
                raise CommandError("Dừng trước khi đổi gì. Làm vào lúc vắng người, với --may-lock.")
            deploying.migrate(self.stdout.write)
            if not settings.DEBUG:
                deploying.collect_static(self.stdout.write)
            if broken := deploying.half_built_indexes():
                raise CommandError(f"Chỉ mục tạo dở: {', '.join(broken)}. Xoá (DROP INDEX CONCURRENTLY) rồi chạy lại.")
        self.stdout.write(
            self.style.SUCCESS(f"Xong ({len(steps)} bước). Nay thay từng tiến trình: systemctl reload portal.")
        )

from django.core.management.base import BaseCommand

from polls import brake, rounds


class Command(BaseCommand):
    help = "Huỷ khoá bí mật của các lần bình chọn đã đóng quá 30 ngày: không cookie nào dẫn tới phiếu nữa."

    def handle(self, **options):
        destroyed = rounds.forget_voters()
        brake.prune()
        self.stdout.write(f"Đã huỷ khoá của {destroyed} lần bình chọn.")

"""Proves that what the counters show is the sum of the rows they stand on."""

from collections import Counter

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from portal.lib import clock
from stats import figures
from stats.models import PERIODS, VISIT, Adjustment, DailyCount, OpeningBalance


class Command(BaseCommand):
    help = "Cộng lại từng dòng và so với số đang hiển thị; mã thoát 1 khi có chỗ lệch."

    def handle(self, **options):
        now = timezone.now()
        wrong = [*self.compare_visits(now), *self.compare_views()]
        if wrong:
            raise CommandError("\n".join(wrong))
        self.stdout.write(self.style.SUCCESS("Mọi con số đều bằng tổng các dòng."))

    def compare_visits(self, now):
        """Sentences about counters that are not the sum of their rows, added up here one by one."""
        shown, today = figures.visits(now), clock.local_day(now)
        for period in (*PERIODS, "total"):
            added = sum(row.n for row in self.rows(VISIT) if period == "total" or self.is_in(row.day, period, today))
            for balance in OpeningBalance.objects.filter(key=VISIT):
                if period == "total" or (period != "day" and self.is_in(balance.as_of, period, today, to_the_end=True)):
                    added += getattr(balance, period)
            self.stdout.write(
                f"{period:>6}  hiển thị {figures.grouped(shown[period]):>14}   cộng lại {figures.grouped(added):>14}"
            )
            if shown[period] != max(0, added):
                yield f"{period}: hiển thị {shown[period]}, cộng lại {added}"

    def compare_views(self):
        """Sentences about articles whose views are not the sum of their rows."""
        added = Counter()
        for rows, number in ((DailyCount, "n"), (Adjustment, "n"), (OpeningBalance, "total")):
            for key, n in rows.objects.filter(key__startswith="article:").values_list("key", number).iterator():
                added[key] += n
        shown = figures.views(list(added))
        self.stdout.write(f"{len(added)} bài viết có lượt xem, tổng {figures.grouped(added.total())}")
        return [f"{key}: hiển thị {shown[key]}, cộng lại {n}" for key, n in added.items() if shown[key] != max(0, n)]

    @staticmethod
    def rows(key):
        return [*DailyCount.objects.filter(key=key), *Adjustment.objects.filter(key=key)]

    @staticmethod
    def is_in(day, period, today, to_the_end=False):
        same = clock.period_start(period, day) == clock.period_start(period, today)
        return same and (to_the_end or day <= today)

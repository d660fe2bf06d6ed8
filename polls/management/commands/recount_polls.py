"""Proves that every result is what its ballots say, counted here in another way, and that sealed rounds are unchanged."""

from collections import Counter, defaultdict

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from polls import results
from polls.models import Ballot, Poll, Receipt

BALLOTS = """
SELECT b.poll_id, b.round, b.state, array_remove(array_agg(c.option_id), NULL)
FROM polls_ballot b LEFT JOIN polls_choice c ON c.ballot_id = b.id GROUP BY b.id
"""


class Command(BaseCommand):
    help = "Đếm lại mọi kết quả từ từng phiếu và so với số công bố; mã thoát 1 khi có chỗ lệch."

    def handle(self, **options):
        ballots = defaultdict(list)
        with connection.cursor() as cursor:
            cursor.execute(BALLOTS)
            for poll, number, state, options in cursor.fetchall():
                ballots[poll, number].append((state, options))
        wrong = []
        for poll in Poll.objects.order_by("pk"):
            for number in range(1, poll.round + 1):
                found = list(self.compare(poll, number, ballots[poll.pk, number]))
                self.stdout.write(
                    f"bình chọn {poll.pk} lần {number}: {len(ballots[poll.pk, number])} phiếu, {len(found)} chỗ lệch"
                )
                wrong += [f"bình chọn {poll.pk} lần {number}: {fault}" for fault in found]
        if wrong:
            raise CommandError("\n".join(wrong))
        self.stdout.write(self.style.SUCCESS("Mọi kết quả đúng với các phiếu."))

    def compare(self, poll, number, ballots):
        """Sentences about what does not fit."""
        counted = [options for state, options in ballots if state == Ballot.State.COUNTED]
        added = Counter(option for options in counted for option in options)
        shown = results.tally(poll, number)
        if (votes := {line.option.pk: line.votes for line in shown.lines if line.votes}) != dict(added):
            yield f"hiển thị {votes}, đếm lại {dict(added)}"
        if shown.voters != len(counted):
            yield f"hiển thị {shown.voters} người bình chọn, đếm lại {len(counted)}"
        if bad := sum(not 1 <= len(options) <= poll.max_choices for _, options in ballots):
            yield f"{bad} phiếu có số lựa chọn sai"
        codes = Receipt.objects.filter(poll=poll, round=number).count()
        if codes != len(ballots):
            yield f"{codes} biên nhận cho {len(ballots)} phiếu"
        seal = poll.seals.filter(round=number).first()
        if seal:
            yield from self.compare_seal(poll, seal, added, len(counted))

    def compare_seal(self, poll, seal, added, voters):
        sealed = {int(option): n for option, n in seal.votes.items() if n}
        if (sealed, seal.voters) != (dict(added), voters):
            yield f"đã niêm phong {seal.voters} phiếu {sealed}, đếm lại {voters} phiếu {dict(added)}"
        if (found := results.digest(poll, seal.round)) != seal.digest:
            yield f"mã niêm phong {seal.digest}, tính lại {found}"

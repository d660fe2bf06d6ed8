"""Proves that every result is what its ballots say, counted here in another way, and that sealed rounds are unchanged."""

from collections import Counter, defaultdict

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from polls import results
from polls.models import Ballot, Poll, Receipt

# Ballot by ballot, and then what is the same together: a million of them are some lines.
BALLOTS = """
SELECT round, state, options, count(*) FROM (
    SELECT b.round, b.state, array_remove(array_agg(c.option_id ORDER BY c.option_id), NULL) AS options
    FROM polls_ballot b LEFT JOIN polls_choice c ON c.ballot_id = b.id WHERE b.poll_id = %s GROUP BY b.id
) AS each GROUP BY round, state, options
"""


class Command(BaseCommand):
    help = "Đếm lại mọi kết quả từ từng phiếu và so với số công bố; mã thoát 1 khi có chỗ lệch."

    def handle(self, **options):
        wrong = []
        for poll in Poll.objects.order_by("pk"):
            rounds = self.read(poll)
            for number in range(1, poll.round + 1):
                found = list(self.compare(poll, number, rounds[number]))
                n = sum(n for _state, _options, n in rounds[number])
                self.stdout.write(f"bình chọn {poll.pk} lần {number}: {n} phiếu, {len(found)} chỗ lệch")
                self.stdout.flush()
                wrong += [f"bình chọn {poll.pk} lần {number}: {fault}" for fault in found]
        if wrong:
            raise CommandError("\n".join(wrong))
        self.stdout.write(self.style.SUCCESS("Mọi kết quả đúng với các phiếu."))

    def read(self, poll):
        """{round: [(state, options ticked, on how many ballots)]}"""
        rounds = defaultdict(list)
        with connection.cursor() as cursor:
            cursor.execute(BALLOTS, [poll.pk])
            for number, *alike in cursor.fetchall():
                rounds[number].append(alike)
        return rounds

    def compare(self, poll, number, ballots):
        """Sentences about what does not fit."""
        added, voters = Counter(), 0
        for state, options, n in ballots:
            if state == Ballot.State.COUNTED:
                voters += n
                added.update(dict.fromkeys(options, n))
        shown = results.tally(poll, number)
        if (votes := {line.option.pk: line.votes for line in shown.lines if line.votes}) != dict(added):
            yield f"hiển thị {votes}, đếm lại {dict(added)}"
        if shown.voters != voters:
            yield f"hiển thị {shown.voters} người bình chọn, đếm lại {voters}"
        if bad := sum(n for _state, options, n in ballots if not 1 <= len(options) <= poll.max_choices):
            yield f"{bad} phiếu có số lựa chọn sai"
        codes, all_ballots = Receipt.objects.filter(poll=poll, round=number).count(), sum(n for *_, n in ballots)
        if codes != all_ballots:
            yield f"{codes} biên nhận cho {all_ballots} phiếu"
        seal = poll.seals.filter(round=number).first()
        if seal:
            yield from self.compare_seal(poll, seal, added, voters)

    def compare_seal(self, poll, seal, added, voters):
        sealed = {int(option): n for option, n in seal.votes.items() if n}
        if (sealed, seal.voters) != (dict(added), voters):
            yield f"đã niêm phong {seal.voters} phiếu {sealed}, đếm lại {voters} phiếu {dict(added)}"
        if (found := results.digest(poll, seal.round)) != seal.digest:
            yield f"mã niêm phong {seal.digest}, tính lại {found}"

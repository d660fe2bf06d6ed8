"""Nothing that is stored leads from a person, a network or a receipt to a choice."""

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import DateTimeField

from polls import voting
from polls.models import Ballot, Choice
from tests.factories import make_poll

pytestmark = pytest.mark.django_db(transaction=True)


def stored(table, column):
    """Values of `column` in the order in which the rows lie in the table, and thus in a dump."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column}, xmin::text FROM {table} ORDER BY ctid")  # noqa: S608 - names of ours
        return cursor.fetchall()


def rank_correlation(order):
    """1.0 for numbers that rise, about 0 for chance."""
    n = len(order)
    return 1 - 6 * sum((i - value) ** 2 for i, value in enumerate(order)) / (n * (n**2 - 1))


def test_the_order_and_the_transaction_of_a_ballot_tell_nothing():
    poll = make_poll()
    voters = [n.to_bytes(32, "big") for n in range(300)]
    for voter in voters:
        voting.cast(poll, [poll.options.first()], voter=voter)
    for table, column in (("polls_ballot", "voter"), ("polls_choice", "ballot_id")):
        rows = stored(table, column)
        key = {pk: bytes(voter) for pk, voter in Ballot.objects.values_list("pk", "voter")}
        arrived = [int.from_bytes(key[value] if column == "ballot_id" else bytes(value), "big") for value, _ in rows]
        assert sorted(arrived) == list(range(300))
        assert abs(rank_correlation(arrived)) < 0.4
        # The last writer of a row is hardly ever the voter of the row; and nobody stands alone.
        receipts = {xmin for _, xmin in stored("polls_receipt", "code")}
        together = [sum(other == xmin for _, other in rows) for _, xmin in rows if xmin in receipts]
        assert sum(n == 1 for n in together) < 60
    ids = list(Ballot.objects.order_by("pk").values_list("voter", flat=True))
    assert abs(rank_correlation([int.from_bytes(bytes(voter), "big") for voter in ids])) < 0.25
    assert Choice.objects.count() == 300


def test_no_table_holds_a_receipt_or_a_network_or_a_fine_time_beside_a_choice():
    kept = {
        model.__name__: {f.name for f in model._meta.concrete_fields}
        for model in apps.get_app_config("polls").get_models()
    }
    assert kept["Choice"] == {"id", "poll", "ballot", "option"}
    assert kept["Ballot"] == {"id", "poll", "round", "voter", "cast_at", "state", "mark"}
    assert kept["Receipt"] == {"id", "poll", "round", "code"}
    assert kept["NetworkHour"] == {"id", "hour", "network", "n"}
    assert kept["Wish"].isdisjoint({"voter", "ballot", "receipt"})
    assert not any(isinstance(f, DateTimeField) for f in apps.get_model("polls.Wish")._meta.concrete_fields)

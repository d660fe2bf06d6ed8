"""Nonsense at every address, by strangers and by an administrator: an answer each time, never a fault of ours.

`bench/nonsense.py` does the same with tens of thousands.
"""

from collections import Counter

import pytest
from django.db import transaction
from django.test import Client

from tests.conftest import BROWSER
from tests.drawing import each
from tests.security.nonsense import ask, requests
from tests.security.site import addresses_of, fill

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("who", "seed"), [("stranger", 8), ("administrator", 88)])
def test_hundreds_of_requests_without_a_fault(admin_user, who, seed):
    things = fill()
    client = Client(raise_request_exception=False, headers={"user-agent": BROWSER})
    if who == "administrator":
        client.force_login(admin_user)
    cookies = client.cookies.output(header="", sep=";")
    statuses = Counter()

    def answered(request):
        with transaction.atomic():  # what one request stores is gone before the next
            status = ask(client, request, cookies)
            transaction.set_rollback(True)
        statuses[status] += 1
        assert status < 500

    each(requests(addresses_of(things)), 400, answered, seed)
    assert statuses[200] > 8, statuses
    assert statuses[400] > 13, statuses

import pytest

from tests.server import running

CONTENT = """
from tests.factories import *
make_profile()
make_article(title="Bài đã đọc", category=make_category(name="Y tế"))
make_article(title="Bài chưa đọc")
make_hotline(office=make_office(name="UBND quận"))
for _ in range(12):  # one for who only looks, one for each test that votes
    make_poll()
"""


@pytest.fixture(scope="session")
def site():
    with running("shell", "-v0", "-c", CONTENT, debug="1") as site:
        yield site

"""Search quality: what people ask, and what has to stand first; the table is tests/data/search.txt."""

from io import BytesIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from PIL import Image

from portal import searching, suggesting
from portal.demo import pictures
from portal.lib import pagecache
from tests.factories import make_roles

pytestmark = pytest.mark.django_db
TABLE = settings.BASE_DIR / "tests/data/search.txt"
REAL = settings.BASE_DIR.parent / "shared" / "seed" / "thanh-xuan-article.txt"


def rows(is_real):
    for line in TABLE.read_text().splitlines():
        if line and not line.startswith("#") and line.startswith("real:") == is_real:
            query, first = (part.strip() for part in line.removeprefix("real:").split("|"))
            yield query, first


@pytest.fixture(autouse=True)
def fresh_process():
    """Not here: one process answers all questions and remembers, as a server does, what the demo is called."""


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """The demo, loaded once for all questions, and the real page beside it where it is there."""
    file = BytesIO()
    Image.new("RGB", (16, 9), "#a4161a").save(file, "WEBP")
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(pictures, "webp", lambda *args, **kwargs: file.getvalue())
        patch.setattr(settings, "MEDIA_ROOT", tmp_path_factory.mktemp("media"))
        with transaction.atomic():
            make_roles()  # a test before may have emptied all tables
            call_command("seed_demo", "--quiet")
            if REAL.exists():
                call_command("import_legacy", str(REAL), "--quiet")
            pagecache._memory.__init__()
            pagecache.learn(1, None)
            yield
            transaction.set_rollback(True)


def first_for(query):
    """What stands first on the page: what is called just so, then the best result; else what was probably meant."""
    question = searching.asked(query)
    if called := suggesting.called(question):
        return f"{called[0].kind} {called[0].title}"
    hits = searching.find(question)
    if not hits.hits or hits.is_relaxed:
        return f"!{suggesting.meant(question)}"
    best = searching.results(hits.hits[:1], question)[0]
    return f"{best.kind} {best.item}"


def test_the_table_is_long_enough():
    assert len(list(rows(False))) + len(list(rows(True))) >= 60


@pytest.mark.parametrize(("query", "first"), list(rows(False)))
def test_the_demo_answers(demo, django_db_blocker, query, first):
    with django_db_blocker.unblock():
        assert first_for(query)[: len(first)] == first


@pytest.mark.skipif(not REAL.exists(), reason=f"the real page is not there: {REAL}")
@pytest.mark.parametrize(("query", "first"), list(rows(True)))
def test_the_real_page_answers(demo, django_db_blocker, query, first):
    with django_db_blocker.unblock():
        assert first_for(query)[: len(first)] == first

"""A site grown large: `python bench/large.py [--articles 100000] [--ballots 1000000] [--rounds 5] [--only pages,…] [--keep]`.

Fills a scratch cluster ("bench-large") with articles, 1,000 hotlines of 100 offices, a poll with its ballots and three
years of counts, and then builds every kind of page anew (nothing from memory), beats, lists at the desk. Prints what each
took (of our process' CPU, of the database, of both with waiting) and how many queries, and whether it is within its bounds.
"""

import argparse
import os
import resource
import shutil
import sys
import tempfile
import time
from contextlib import contextmanager
from hashlib import sha256
from io import StringIO
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from bench import search
from bench.ground import AGENT
from portal.embedded import Cluster

YEARS = 3
WARM = 40  # requests before a kind of page is measured
CPU, DATABASE, ALL = range(3)  # columns
# The words, titles and states of other articles on other days: as frequent as there, and made without Python.
AGAIN = """
INSERT INTO news_article (title, title_words, lead, body, text_words, category_id, published_at, byline, state, cover_caption,
    is_featured, correction_note, reason, reason_is_public, created_at, updated_at)
SELECT title || ' (' || row_number() OVER () || ')', title_words, lead, body, text_words, category_id, at, '', 'published', '',
    false, '', '', false, at, at
FROM (SELECT *, published_at - random() * interval '900 days' AS at FROM news_article
      WHERE state = 'published' AND source_key IS NULL ORDER BY id LIMIT %(many)s) AS told
"""
HOTLINES = """
INSERT INTO hotlines_office (title_words, text_words, kind, name, abbreviation, address, duty, hours, email, page, is_point_exact,
    is_listed, "order")
SELECT '', '', 'ward', 'UBND phường thử ' || n, '', 'Số ' || n || ' đường Lớn', '', '', '', '', false, true, n
FROM generate_series(1, 100) AS n;
INSERT INTO hotlines_hotline (office_id, purpose, number, extension, dialled, duty, hours, "order", is_in_box, is_emergency,
    is_switchboard, note, checked_on)
SELECT o.id, 'Việc thứ ' || n, '024.3' || lpad((o.id * 10 + n)::text, 7, '0'), '',
    '+84243' || lpad((o.id * 10 + n)::text, 7, '0'), '', '', n, false, false, false, '', current_date
FROM hotlines_office o, generate_series(1, 10) AS n WHERE o.name LIKE 'UBND phường thử %%';
"""
POLL = """
WITH made AS (INSERT INTO polls_poll
    (question, note, is_approved, opens_at, max_choices, results_shown, shows_days, round, created_at)
    VALUES ('Một triệu phiếu?', '', true, now() - interval '90 days', 1, 'always', true, 1, now()) RETURNING id)
INSERT INTO polls_option (poll_id, text, "order", is_low)
SELECT id, 'Phương án ' || n, n, false FROM made, generate_series(1, 4) AS n
RETURNING poll_id
"""
# The order of the rows tells nothing, so numbers are drawn as the product draws them.
BALLOTS = """
WITH ballots AS (INSERT INTO polls_ballot (id, poll_id, round, voter, cast_at, state, mark)
    SELECT (random() * 9e18)::bigint, %(poll)s, 1, sha256((%(from)s + n)::text::bytea),
        date_trunc('hour', now() - random() * interval '89 days'), 'counted', ''
    FROM generate_series(1, %(many)s) AS n ON CONFLICT DO NOTHING RETURNING id),
choices AS (INSERT INTO polls_choice (id, poll_id, ballot_id, option_id)
    SELECT (random() * 9e18)::bigint, %(poll)s, id, (%(options)s::bigint[])[1 + id / 4096 %% 4] FROM ballots)
INSERT INTO polls_receipt (id, poll_id, round, code)
    SELECT (random() * 9e18)::bigint, %(poll)s, 1, upper(substr(md5(random()::text), 1, 10)) FROM ballots ON CONFLICT DO NOTHING
"""
COUNTS = """
INSERT INTO stats_dailycount (day, key, n)
SELECT current_date - d, key, 100 + (random() * 20000)::int
FROM generate_series(0, %(days)s) AS d, (VALUES ('visit'), ('robot')) AS k(key);
INSERT INTO stats_dailycount (day, key, n)
SELECT current_date - d, 'article:' || a, 1 + (random() * 40)::int
FROM generate_series(0, %(days)s) AS d, LATERAL (
    SELECT id AS a FROM news_article WHERE id %% 350 = d %% 350 OR id <= 40) AS read
ON CONFLICT DO NOTHING;
"""


def setup(cluster):
    os.environ |= {
        "DATABASE_URL": cluster.start(), "DEBUG": "0", "SECRET_KEY": "b" * 60, "ALLOWED_HOSTS": "127.0.0.1", "PULSE": "0",
        "MEDIA_ROOT": tempfile.mkdtemp(), "STATIC_ROOT": tempfile.mkdtemp(), "LOG_LEVEL": "ERROR",
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }  # fmt: skip
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("seed_demo", "--quiet")
    call_command("collectstatic", "--noinput", verbosity=0)


def fill(options):
    """Whatever is still missing; the poll with the ballots."""
    from django.db import connection

    from hotlines.models import Hotline
    from news.models import Article
    from polls.models import Ballot, Poll
    from stats.models import DailyCount

    search.fill(min(options.own, options.articles))
    with connection.cursor() as cursor:
        while (missing := options.articles - Article.objects.count()) > 0:
            cursor.execute(AGAIN, {"many": min(missing, 10_000)})
        if Hotline.objects.count() < 1000:
            cursor.execute(HOTLINES)
        if not (poll := Poll.objects.filter(question="Một triệu phiếu?").first()):
            cursor.execute(POLL)
            poll = Poll.objects.get(pk=cursor.fetchone()[0])
        numbers = list(poll.options.values_list("pk", flat=True))
        while (have := Ballot.objects.filter(poll=poll).count()) < options.ballots:
            many = min(250_000, options.ballots - have)
            cursor.execute(BALLOTS, {"poll": poll.pk, "from": have, "many": many, "options": numbers})
        if DailyCount.objects.count() < 1000:
            cursor.execute(COUNTS, {"days": YEARS * 365})
        cursor.execute("VACUUM ANALYZE")
    return poll


class Clock:
    """What happens within `with clock.run():`, as seconds of our CPU, of the database and in all, and queries."""

    def __init__(self):
        self.rows = []

    def _execute(self, execute, *arguments):
        began = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            self.database += time.perf_counter() - began
            self.queries += 1

    @contextmanager
    def run(self):
        from django.db import connection

        self.database, self.queries = 0.0, 0
        wall, cpu = time.perf_counter(), time.process_time()
        with connection.execute_wrapper(self._execute):
            yield
        self.rows.append((time.process_time() - cpu, self.database, time.perf_counter() - wall, self.queries))

    def said(self, name, what="", most=None, column=CPU):
        """Prints the medians in ms; whether that of `column` is at most `most`."""
        cpu, database, wall, queries = (median(column) for column in zip(*self.rows, strict=True))
        fine = most is None or (cpu, database, wall)[column] * 1000 <= most
        bound = (
            ""
            if most is None
            else f"{('CPU', 'database', 'all')[column]} ≤ {most} ms {'ok' if fine else 'NOT REACHED'}"
        )
        print(
            f"{name:34}{cpu * 1e3:9.1f}{database * 1e3:9.1f}{wall * 1e3:9.1f}{queries:6.0f}  {what:24}{bound}",
            flush=True,
        )
        return fine


def ask(path):
    """A request of a reader through the whole portal; (status, bytes). What has been built is not kept."""
    from io import BytesIO

    from portal.wsgi import application

    status, (path, _, query) = [], path.partition("?")
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80",
        "HTTP_HOST": "127.0.0.1", "REMOTE_ADDR": "127.0.0.1", "HTTP_USER_AGENT": AGENT, "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(), "SERVER_PROTOCOL": "HTTP/1.1",
    }  # fmt: skip
    body = b"".join(application(environ, lambda line, headers: status.append(int(line[:3]))))
    return status[0], len(body)


def pages(poll, rounds):
    """Every kind of public page, built anew."""
    from news.models import Article, Category
    from portal import heartbeat, preparing
    from portal.lib import pagecache

    pagecache.store = lambda key, page, began: None
    pagecache.origins = lambda: [("127.0.0.1", "http")]

    def a_change():
        """Forgotten as after a change; back is what the same beat reads and builds before any reader."""
        a_bare_change()
        preparing.prepare()

    def a_bare_change():
        """The same for a reader who is faster than the beat, and for the beat itself."""
        pagecache.forget()
        heartbeat.expect_readers()

    public = Article.objects.public().listed()
    last = -(-public.count() // 20)
    some = [article.get_absolute_url() for article in public.order_by("pk")[5 : 5 + 20]]
    category = Category.objects.get(name="Văn hóa - Xã hội").get_absolute_url()
    asked = [  # name, addresses, bound in ms, of what, queries at most, what happens before each
        ("article", some, 7, CPU, 6), ("article, first after a change", some[:5], 20, CPU, 12, a_change),
        ("… before the beat was through", some[:5], 20, CPU, 12, a_bare_change),
        ("home", ["/"], 30, CPU), ("home, as the beat builds it", ["/"], 50, CPU, 12, a_bare_change),
        ("all news", ["/tin-tuc/"], 30, CPU),
        ("all news, a page far back", [f"/tin-tuc/?page={last // 2}"], 200, ALL), ("category", [category], 30, CPU),
        ("feed", ["/rss/"]), ("directory", ["/duong-day-nong/"], 500, ALL), ("map", ["/ban-do/"]),
        ("polls", ["/binh-chon/"]), ("ballot", [f"/binh-chon/{poll.pk}/"]),
        ("result of the poll", [poll.get_results_url()], 1000, ALL), ("statistics", ["/thong-ke/"], 300, ALL),
        ("sitemap index", ["/sitemap.xml"], 1000, ALL), ("sitemap of 2,000 articles", ["/sitemap-articles-2.xml"], 1000, ALL),
    ]  # fmt: skip
    fine = True
    for row in asked:
        fine &= built(rounds, *row)
    return fine


def built(rounds, name, paths, most=None, column=ALL, queries=None, before=lambda: None):
    """Whether a kind of page is built within its bounds; `before` each."""
    clock = Clock()
    for path in paths * (
        WARM // len(paths)
    ):  # Python is at its pace, what all articles of a category share is remembered
        told = ask(path)
    for path in paths if len(paths) > 1 else paths * rounds:
        before()
        with clock.run():
            told = ask(path)
    asked = max(row[3] for row in clock.rows)
    fine = clock.said(name, f"{told[0]}, {told[1]:,} bytes", most, column)
    if queries and asked > queries:
        print(f"{'':34}{asked} queries of at most {queries} NOT REACHED")
    return fine and told[0] == 200 and not (queries and asked > queries)


def searches(rounds):
    from portal import searching
    from portal.lib import patience

    clock = Clock()
    for text in [text for group in search.QUESTIONS.values() for text in group] * rounds:
        question = searching.asked(text)
        with patience.patience(patience.STAFF), clock.run():
            searching.find(question)
    slow = sorted(row[1] for row in clock.rows)[int(len(clock.rows) * 0.95)] * 1000
    return clock.said("search, median", f"p95 {slow:.0f} ms database", 50, DATABASE)


def beats(rounds):
    from portal import heartbeat

    clock, third = Clock(), Clock()
    for n in range(3 * rounds):
        with (third if heartbeat.TALLY_EVERY and n % 3 == 0 else clock).run():
            heartbeat.beat()
    return clock.said("beat", "", 20, ALL) & third.said("beat with the polls' shares", "", 500, ALL)


def desk(rounds):
    from django.contrib.auth.models import User
    from django.test import Client

    client, fine = Client(SERVER_NAME="127.0.0.1"), True
    client.force_login(User.objects.create_superuser(f"do-{time.time_ns()}"))
    lists = {
        "desk": "/quan-tri/", "list of articles": "/quan-tri/news/article/", "… last page": "/quan-tri/news/article/?p=900",
        "… searched": "/quan-tri/news/article/?q=phuong", "queue": "/quan-tri/news/article/cho-duyet/",
        "list of hotlines": "/quan-tri/hotlines/hotline/", "list of polls": "/quan-tri/polls/poll/",
        "daily counts": "/quan-tri/stats/dailycount/", "report": "/quan-tri/stats/bao-cao/",
        "audit": "/quan-tri/portal/auditline/", "pictures": "/quan-tri/news/picture/",
    }  # fmt: skip
    for name, path in lists.items():
        clock = Clock()
        for _ in range(rounds):
            with clock.run():
                answer = client.get(path)
        fine &= clock.said(f"desk: {name}", f"{answer.status_code}", 1000, ALL) & (answer.status_code == 200)
    return fine


def commands():
    """What proves the counts and the results, and the backup, as the night runs them."""
    from django.core.management import call_command

    from portal.lib import patience

    fine, folder = True, tempfile.mkdtemp()
    for name, arguments in {"check_counts": [], "recount_polls": [], "backup": [folder]}.items():
        clock = Clock()
        with clock.run(), patience.patience(3600):  # a command may take its time
            call_command(name, *arguments, stdout=StringIO())
        fine &= clock.said(f"manage.py {name}", "", 120_000, ALL)
    shutil.rmtree(folder)
    return fine


def sealing(poll):
    """The end of the poll: what the beat does once, when its clock has run out; then what is published for ever."""
    from django.test import Client
    from django.utils import timezone

    from polls import rounds
    from polls.models import Poll

    Poll.objects.filter(pk=poll.pk).update(closes_at=timezone.now())
    clock, file = Clock(), Clock()
    with clock.run():
        n = rounds.seal_closed()
    with file.run():
        answer = Client(SERVER_NAME="127.0.0.1").get(f"/binh-chon/{poll.pk}/bien-nhan/lan-1.txt")
        is_whole = sha256(answer.getvalue()).hexdigest() == poll.seals.get().digest
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    fine = clock.said("sealing of its ballots, once", f"{n} sealed, {memory} MB", 20_000, ALL)
    return fine & file.said("the sealed text", "its digest" if is_whole else "ANOTHER DIGEST", 20_000, ALL) & is_whole


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument(
        "--own", type=int, default=30_000, help="articles that have words of their own; the rest repeats"
    )
    parser.add_argument("--ballots", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="of pages,searches,beats,desk,commands")
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--fill", action="store_true", help="only fill, and keep")
    options = parser.parse_args()
    cluster, fine = Cluster("bench-large"), True
    try:
        setup(cluster)
        began = time.monotonic()
        poll = fill(options)
        print(f"filled in {time.monotonic() - began:.0f} s")
        if not options.fill:
            from portal import heartbeat

            heartbeat.beat()
            print(f"{'milliseconds, medians':34}{'CPU':>9}{'database':>9}{'all':>9}{'asked':>6}")
            parts = {"pages": lambda: pages(poll, options.rounds), "searches": lambda: searches(1),
                     "beats": lambda: beats(options.rounds), "desk": lambda: desk(options.rounds),
                     "commands": commands}  # fmt: skip
            for name in options.only.split(",") if options.only else parts:
                fine &= parts[name]()
            if not options.keep:
                fine &= sealing(poll)
    finally:
        from django.db import connection

        connection.close()
        cluster.stop()
        if not options.keep and not options.fill:
            shutil.rmtree(cluster.home, ignore_errors=True)
    sys.exit(not fine)


if __name__ == "__main__":
    main()

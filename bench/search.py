"""How long the database searches among 100,000 articles: `python bench/search.py [--articles 100000] [--rounds 20]`.

Fills a scratch cluster ("bench-search") with articles made of the demo's own sentences, so that words are as frequent
and stand as near to each other as in real news, each with numbers, places and names of its own; then asks questions of
every kind and prints what `searching.find` took, which is almost wholly the database. `--keep` leaves the cluster filled.
"""

import argparse
import json
import os
import random
import re
import shutil
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from portal.embedded import Cluster

ROOT = Path(__file__).resolve().parent.parent
WARDS = "Nhân Chính|Thượng Đình|Khương Trung|Khương Mai|Phương Liệt|Hạ Đình|Khương Đình|Kim Giang".split("|")
FAMILIES = "Nguyễn Trần Lê Phạm Hoàng Phan Vũ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Mai Tô Lưu".split()
GIVEN = "An Anh Bình Cường Dũng Đức Giang Hà Hải Hạnh Hiếu Hoa Hùng Khánh Lan Linh Long Mạnh Minh Nga Ngọc Phúc".split()
KINDS = "NĐ-CP|QĐ-UBND|TT-BYT|KH-UBND|NQ-HĐND|CT-TTg|TB-VP".split("|")
QUESTIONS = {
    "one word, in most articles": ["phường", "người", "quận", "có", "không", "ngày"],
    "one word, in many": ["trường", "đường", "nước", "sông", "chợ", "cháy"],
    "two words": ["an sinh", "hộ tịch", "sân chơi", "vỉa hè", "nhà trọ", "lừa đảo"],
    "a question of many words": [
        "thủ tục đăng ký hộ kinh doanh ở phường",
        "người cao tuổi khám sức khỏe",
        "lịch tiếp công dân của quận",
    ],
    "without accents": ["an sinh xa hoi", "nguoi dan phuong", "thu tuc hanh chinh", "phan loai rac tai nha"],
    "a phrase": ['"an sinh xã hội"', '"tổ hòa giải"', '"phường Hạ Đình"', '"người dân"'],
    "with a synonym": ["UBND phường Kim Giang", "thủ tục hành chính", "ủy ban nhân dân quận", "HĐND giám sát"],
    "a number": [],  # of articles, see below
    "a number as it is typed": ["NĐ74/CP", "74/NĐ-CP", "22/11/96", "22/11/2024", "62933647", "6293 3647"],
    "wrong accents": ["phưỡng", "lứa đào", "hòa giái"],
    "nothing holds it all": ["xyzzy qwerty", "phường ngõ trăng sao thủy thủ zzz", "zzzz"],
}  # fmt: skip


def sentences():
    told = set()
    for file in sorted((ROOT / "portal/demo/articles").glob("*.json")):
        for article in json.loads(file.read_text()):
            for block in article["body"]:
                plain = re.sub(r"<[^>]+>|\{[^}]*\}", " ", block if isinstance(block, str) else block["caption"])
                told |= {one.strip() for one in re.split(r"(?<=[.!?])\s+", plain) if len(one) > 30}
    return sorted(told)


def titles():
    return [
        row["title"]
        for file in sorted((ROOT / "portal/demo/articles").glob("*.json"))
        for row in json.loads(file.read_text())
    ]


SENTENCES = """
CREATE TEMPORARY TABLE bench_sentence (id int PRIMARY KEY, html text, words tsvector);
DROP AGGREGATE IF EXISTS bench_joined(tsvector);
CREATE AGGREGATE bench_joined(tsvector) (SFUNC = tsvector_concat, STYPE = tsvector, INITCOND = '');
"""
ARTICLES = """
INSERT INTO news_article (title, title_words, lead, body, text_words, category_id, published_at, byline, state, cover_caption,
    is_featured, correction_note, reason, reason_is_public, created_at, updated_at)
SELECT a.title, a.title_words, a.lead, t.html || '<p>' || a.own || '</p>', (t.words || a.own_words::tsvector)::text,
    a.category, a.at, '', 'published', '', false, '', '', false, a.at, a.at
FROM (VALUES %s) AS a(title, title_words, lead, own, own_words, category, at, sentences),
    LATERAL (SELECT string_agg('<p>' || s.html || '</p>', '') AS html, bench_joined(s.words) AS words
             FROM unnest(a.sentences) AS n JOIN bench_sentence s ON s.id = n) AS t
"""


def made(number, dice, pool, heads, now, categories):
    """A row for article `number`: some sentences, and a person, a place, an act, an amount of its own."""
    from portal.lib import lexemes

    act = f"{dice.randrange(1, 4000)}/{dice.randrange(2008, 2026)}/{dice.choice(KINDS)}"
    person = f"{dice.choice(FAMILIES)} {dice.choice(GIVEN)} {dice.choice(GIVEN)}"
    ward, amount = dice.choice(WARDS), f"{dice.randrange(10**6, 10**10):,}".replace(",", ".")
    own = f"Theo văn bản số {act}, bà {person} ở phường {ward} nhận {amount} đồng."
    title, lead = f"{dice.choice(heads)[:120]} – {ward} {number}", dice.choice(pool)[:400]
    at = now - timedelta(days=4000 * dice.random() ** 1.5)  # the newer ones are more
    told = dice.sample(range(len(pool)), dice.randrange(6, 22))
    return (title, lexemes.vector(title), lead, own, lexemes.vector(lead, own), dice.choice(categories), at, told), act


def run(statement):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone() if cursor.description else None


def fill(count):
    """Fills the cluster up to `count` articles; the numbers of some acts in them."""
    from django.db import connection
    from django.utils import timezone
    from psycopg2.extras import execute_values
    from tqdm import tqdm

    from news.models import Article, Category
    from portal.lib import lexemes

    dice, pool, heads, acts = random.Random(7), sentences(), titles(), []
    categories, now, have = list(Category.objects.values_list("pk", flat=True)), timezone.now(), Article.objects.count()
    index = "CREATE INDEX {} ON portal_searchrow USING gin ({})"
    if have < count // 2:  # an index is made faster than it is kept
        run("DROP INDEX IF EXISTS search_words; DROP INDEX IF EXISTS search_titles")
    with connection.cursor() as cursor:
        cursor.execute(SENTENCES)
        known = [(n, one, lexemes.vector(one)) for n, one in enumerate(pool)]
        execute_values(cursor.cursor, "INSERT INTO bench_sentence VALUES %s", known, "(%s, %s, %s::tsvector)")
        for start in tqdm(range(have, count, 1000), desc="articles", unit="thousand"):
            rows = [made(n, dice, pool, heads, now, categories) for n in range(start, min(start + 1000, count))]
            execute_values(cursor.cursor, ARTICLES, [row for row, _act in rows], page_size=500)
            acts += [act for _row, act in rows]
    if have < count // 2:
        run(index.format("search_words", "words"))
        run(index.format("search_titles", "title"))
    run("VACUUM ANALYZE portal_searchrow")
    return random.Random(1).sample(acts, 6) if acts else []


def worked(backend):
    """Milliseconds that the database's process has computed: on a busy machine the one time that says something."""
    return int(Path(f"/proc/{backend}/schedstat").read_text().split()[0]) / 1e6


def measure(questions, rounds, filters=None):
    """([(ms by the clock, ms that the database computed)], how many were found by each question)."""
    from portal import searching

    backend, times, found = run("SELECT pg_backend_pid()")[0], [], []
    for round_ in range(rounds + 1):
        for text in questions:
            question = searching.asked(text)
            begun, before = time.perf_counter(), worked(backend)
            hits = searching.find(question, filters).hits
            if round_:  # the first one warms the memory of the server up
                times.append((1000 * (time.perf_counter() - begun), worked(backend) - before))
            else:
                found.append(len(hits))
    return times, found


def report(name, times, found):
    clock, computed = (sorted(column) for column in zip(*times, strict=True))
    row = [median(clock), clock[int(len(clock) * 0.95)], median(computed), computed[int(len(computed) * 0.95)]]
    print(f"{name:30}{''.join(f'{ms:9.1f}' for ms in row)}   {', '.join(map(str, found))}", flush=True)
    return times


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--keep", action="store_true")
    options = parser.parse_args()
    cluster = Cluster("bench-search")
    os.environ |= {
        "DATABASE_URL": cluster.start(), "DEBUG": "0", "SECRET_KEY": "b" * 60, "ALLOWED_HOSTS": "127.0.0.1",
        "MEDIA_ROOT": tempfile.mkdtemp(), "STATIC_ROOT": tempfile.mkdtemp(),
        "DJANGO_SETTINGS_MODULE": "portal.settings",
    }  # fmt: skip
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from news.models import Article

    try:
        call_command("migrate", verbosity=0)
        call_command("seed_demo", "--quiet")
        QUESTIONS["a number"] = fill(options.articles) or re.findall(
            r"số (\S+),", " ".join(Article.objects.order_by("-pk").values_list("body", flat=True)[:6])
        )
        size = "pg_size_pretty(pg_{}relation_size('portal_searchrow'))"
        told = run(f"SELECT count(*), {size.format('')}, {size.format('total_')} FROM portal_searchrow")  # noqa: S608 - constants # nosec B608
        print("\nrows, table, with words and indexes:", *told)
        ask_all(options.rounds)
    finally:
        connection.close()
        cluster.stop()
        if not options.keep:
            shutil.rmtree(cluster.home, ignore_errors=True)


def ask_all(rounds):
    """Prints a row for each kind of question, without and with filters, and one for all of them."""
    from news.models import Article, Category
    from portal.searching import Filters

    print(f"{'':30}{'by the clock':>18}{'computed':>18}")
    print(f"{'':30}{'median':>9}{'p95 ms':>9}{'median':>9}{'p95 ms':>9}   results (500 at most)")
    every = []
    for name, questions in QUESTIONS.items():
        every += report(name, *measure(questions, rounds))
    frequent = QUESTIONS["one word, in most articles"] + QUESTIONS["two words"]
    category = Category.objects.get(name="Văn hóa - Xã hội")
    since = Article.objects.order_by("-published_at")[:1].get().published_at - timedelta(days=31)
    every += report("in one category", *measure(frequent, rounds, Filters(category=category)))
    every += report("of the last month", *measure(frequent, rounds, Filters(since=since)))
    every += report("only offices", *measure(frequent, rounds, Filters(kind="office")))
    report("all", every, [])


if __name__ == "__main__":
    main()

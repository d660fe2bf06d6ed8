"""Nothing that the portal keeps tells who read what: a whole dump and the whole log are searched."""

ADDRESS, AGENT = (
    "203.0.113.77",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 Dau-Vet-Rieng/7",
)


def dump(site):
    """Every row of every table as text."""
    tables = site.sql("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
    return "\n".join(
        f"{table} {row}"
        for (table,) in tables
        for (row,) in site.sql(f'SELECT row_to_json(t)::text FROM "{table}" t')  # noqa: S608 - names from the catalogue
    )


def test_dump_and_log_hold_no_address_and_no_user_agent(site):
    who = {"agent": AGENT, "X-Forwarded-For": ADDRESS}
    site.until(lambda: site.get("/readyz")[0] == 200)
    before = site.count("article:1")
    assert site.get("/tin-tuc/y-te/1-bai-da-doc/", **who)[0] == 200
    assert site.get("/khong-co/", **who)[0] == 404
    assert site.get("/binh-chon/1/", **who)[0] == 200
    assert site.get("/binh-chon/1/", method="POST", body=b"option=1", **who)[0] == 400
    assert site.get("/quan-tri/login/", **who)[0] == 200
    site.until(lambda: site.count("article:1") == before + 1)
    kept, log = dump(site), site.log.read_text()
    assert "stats_recent" in kept  # the visitor is there, as a key
    assert "Not Found: /khong-co/" in log
    for trace in (ADDRESS, "203.0.113", "Dau-Vet-Rieng", "127.0.0.1"):
        assert trace not in kept
        assert trace not in log

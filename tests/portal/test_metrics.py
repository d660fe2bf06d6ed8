"""/metrics: for whoever has the token, of all living processes, while the database is away too."""

import os
import re
import time

import pytest

from portal import heartbeat, metrics

TOKEN = {"authorization": "Bearer a-secret"}


@pytest.fixture
def watched(settings, tmp_path):
    settings.METRICS_TOKEN, settings.METRICS_FOLDER = "a-secret", str(tmp_path / "metrics")
    return settings


def test_without_a_token_there_are_no_metrics(client, settings):
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


def test_a_wrong_token_learns_nothing(client, watched):
    assert [client.get("/metrics", headers={"authorization": word}).status_code for word in ("", "Bearer x", "a-secret")] == [
        404, 404, 404,
    ]  # fmt: skip


def test_every_process_that_lives_tells_its_numbers(client, watched, tmp_path, monkeypatch):
    metrics.leave(0.5)
    (tmp_path / "metrics" / "99.json").write_text('{"portal_pages": 7, "portal_answers_total{source=\\"memory\\"}": 3}')
    (tmp_path / "metrics" / "98.json").write_text("{}")
    os.utime(tmp_path / "metrics" / "98.json", (time.time() - 60,) * 2)
    answer = client.get("/metrics", headers=TOKEN)
    said = answer.content.decode()
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    assert 'portal_pages{process="99"} 7\n' in said
    assert 'portal_answers_total{process="99",source="memory"} 3\n' in said
    assert f'portal_pulse_age_seconds{{process="{os.getpid()}"}} 0.5\n' in said
    assert not (tmp_path / "metrics" / "98.json").exists()


def test_the_text_is_prometheus_format(client, watched):
    metrics.leave(1)
    for line in client.get("/metrics", headers=TOKEN).content.decode().splitlines():
        assert re.fullmatch(r'# (HELP|TYPE) \w+ .+|\w+\{(\w+="\w+",?)+\} [\d.]+', line)


@pytest.mark.django_db
def test_a_beat_leaves_the_numbers(watched, tmp_path, monkeypatch):
    monkeypatch.setattr(heartbeat, "beat", lambda: None)
    heartbeat.live()
    assert (tmp_path / "metrics" / f"{os.getpid()}.json").exists()

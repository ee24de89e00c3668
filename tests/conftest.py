"""What every test may ask for: the services, a real worker, a real mail server, a browser."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
from django.conf import settings as django_settings
from django.utils import translation
from pytest_django import DjangoDbBlocker, Settings

from accounts.models import Person, Team
from ideas.models import Board, Idea
from ideation.embedded import hold_services
from ideation.translations import compile_translations
from tests.support import scene
from tests.support.databases import copy_migrated_database
from tests.support.mail import SmtpSink, running_sink
from tests.support.worker import running_worker, taking_tasks

# How long an example takes says more of the machine than of the code.
hypothesis.settings.register_profile("timeless", deadline=None)
hypothesis.settings.load_profile("timeless")

# The thread that drives the browser has an event loop, which Django takes for an asynchronous caller.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")


@pytest.fixture(scope="session", autouse=True)
def services() -> Iterator[None]:
    """Have PostgreSQL and Valkey; all test processes share them, the last one stops them."""
    with hold_services(django_settings.VAR_DIR, durable=False):
        yield


@pytest.fixture(scope="session", autouse=True)
def translations() -> None:
    """Have German: the compiled catalogue is not in the repository."""
    compile_translations(django_settings.LOCALE_PATHS)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(services: None, django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Have a database per test process, once there is a server to have it on."""
    copy_migrated_database()


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Take the database that is there, our copy; the next run replaces it."""
    return True


@pytest.fixture(scope="session")
def _smtp_server() -> Iterator[SmtpSink]:
    with running_sink() as sink:
        yield sink


@pytest.fixture
def smtp_sink(_smtp_server: SmtpSink, settings: Settings) -> Iterator[SmtpSink]:
    """Have mails of this process, and of `celery_worker`, sent to a real server on this machine."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = _smtp_server.host, _smtp_server.port
    yield _smtp_server
    _smtp_server.clear()


@pytest.fixture(scope="session")
def _worker_process(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, _smtp_server: SmtpSink
) -> Iterator["subprocess.Popen[bytes]"]:
    with running_worker(_smtp_server) as worker:
        yield worker


@pytest.fixture
def celery_worker(
    transactional_db: None, _worker_process: "subprocess.Popen[bytes]", smtp_sink: SmtpSink
) -> Iterator["subprocess.Popen[bytes]"]:
    """Have a real worker on this test's database. Outside such tests it takes nothing and holds no lock."""
    with taking_tasks():
        yield _worker_process


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Drive the system's Chromium, told to keep quiet: no updates, no sync, no first-run pages."""
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert executable, "no Chromium found: apt-get install chromium"
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"]
    return {"executable_path": executable, "headless": True, "args": ["--no-sandbox", "--disable-gpu", *quiet]}


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Return the folder of real data that IDEATION_DATA names."""
    return Path(os.environ["IDEATION_DATA"])


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the longest; leave out, and count as deselected, what needs real data where there is none."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    if os.environ.get("IDEATION_DATA"):
        return
    without_data = [item for item in items if "data_dir" not in getattr(item, "fixturenames", ())]
    config.hook.pytest_deselected(items=[item for item in items if item not in without_data])
    items[:] = without_data


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Leave no test the language that another one spoke."""
    with translation.override("en"):
        yield


@pytest.fixture
def team(db: None) -> Team:
    return scene.make_team("Product")


@pytest.fixture
def board(team: Team) -> Board:
    """A public board of `team`, open to members, without −1."""
    return scene.make_board(slug="web-shop", name="Web shop", team=team)


@pytest.fixture
def private_board(team: Team) -> Board:
    """A board that only `team` sees."""
    return scene.make_board(slug="inside", name="Inside", team=team, seen_by="team")


@pytest.fixture
def author(db: None) -> Person:
    return scene.make_person("Anna Author")


@pytest.fixture
def member(db: None) -> Person:
    return scene.make_person("Max Member")


@pytest.fixture
def team_member(team: Team) -> Person:
    return scene.make_person("Tina Team", teams=(team,))


@pytest.fixture
def other_team_member(db: None) -> Person:
    return scene.make_person("Otto Other", teams=(scene.make_team("Finance"),))


@pytest.fixture
def administrator(db: None) -> Person:
    return scene.make_administrator()


@pytest.fixture
def idea(board: Board, author: Person) -> Idea:
    return scene.make_idea(board, author=author, title="A dark theme for the night shift")

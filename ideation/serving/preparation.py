"""What must be in place before anything is served: tables, translations, static files."""

import hashlib
import shutil
from collections.abc import Callable

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection

from ideation.translations import compile_translations


def prepare(say: Callable[[str], None]) -> None:
    """Get ready to serve; `say` hears of each stage that takes its time."""
    say("Preparing the database …")
    compile_translations(settings.LOCALE_PATHS)
    call_command("migrate", interactive=False, verbosity=0)
    connection.close()
    collect_static_files(say)


def collect_static_files(say: Callable[[str], None]) -> None:
    """Collect the static files anew if any has changed since the last time."""
    stamp = settings.STATIC_ROOT / ".collected"
    digest = _digest_of_sources()
    if stamp.exists() and stamp.read_text() == digest:
        return
    say("Collecting static files …")
    shutil.rmtree(settings.STATIC_ROOT, ignore_errors=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(digest)


def _digest_of_sources() -> str:
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            digest.update(f"{path} {storage.size(path)} {storage.get_modified_time(path)}\n".encode())
    return digest.hexdigest()

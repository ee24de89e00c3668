"""The real settings, on services and folders of the tests' own under var/test."""

import os
from pathlib import Path

XDIST_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
TEST_DIR = Path(__file__).resolve().parent.parent / "var" / "test"

for name in ("DATABASE_URL", "REDIS_URL", "BASE_URL", "PORT", "EMAIL_URL", "MEDIA_ROOT", "SECRET_KEY"):
    os.environ.pop(name, None)  # an operator's environment must not reach the tests
os.environ["VAR_DIR"] = str(TEST_DIR)
os.environ["MEDIA_ROOT"] = str(TEST_DIR / "media" / XDIST_WORKER)
os.environ["PAGE_KEPT_SECONDS"] = "0"  # each test sees what it has just made; the cache has tests of its own
os.environ["CACHE_PREFIX"] = f"test-{XDIST_WORKER}"

from ideation.settings import *  # noqa: E402, F403 - after the environment is set, and all of them are meant

INSTALLED_APPS = [*INSTALLED_APPS, "tests"]  # noqa: F405 - for its `flush`
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True

"""The product's database, pool and models; no middleware, no context processors, four addresses."""

from pathlib import Path

from ideation.settings import *  # noqa: F403 - the same services and models are meant

INSTALLED_APPS = [
    *("votes", "ideas", "customers", "activity", "accounts", "common"),
    *("django.contrib.auth", "django.contrib.contenttypes", "django.contrib.postgres"),
]
MIDDLEWARE = []
ROOT_URLCONF = "bench.yardsticks.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).with_name("templates")],
    }
]

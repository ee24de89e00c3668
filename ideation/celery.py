import os
import sys
import warnings

from celery import Celery
from celery.platforms import SecurityWarning
from celery.signals import setup_logging, worker_init
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ideation.settings")

# Said to root because of pickled messages; ours are JSON.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("ideation")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)


@setup_logging.connect
def keep_our_logging(**_: object) -> None:
    """Have Celery leave alone what LOGGING says: it sets up its own only where nobody listens to this signal."""


@worker_init.connect
def end_without_a_word(**_: object) -> None:
    """Take away the raw output on which Celery announces its end, past all logging: `serve` has said it."""
    sys.__stdout__ = None  # type: ignore[misc]

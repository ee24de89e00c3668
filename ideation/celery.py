import os
import warnings

from celery import Celery
from celery.platforms import SecurityWarning

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ideation.settings")

# Said to root because of pickled messages; ours are JSON.
warnings.filterwarnings("ignore", category=SecurityWarning)

app = Celery("ideation")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

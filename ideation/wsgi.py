import os

# Only web processes keep a pool of connections: Celery forks, and tests count connections.
os.environ.setdefault("DATABASE_POOL", "8")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ideation.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from ideation.bodies import ChunkedBodies
from ideation.startup import one_line_errors, read_settings

with one_line_errors():
    read_settings()
    application = ChunkedBodies(get_wsgi_application(), limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE)

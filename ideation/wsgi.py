import os

# Only web processes keep a pool of connections: Celery forks, and tests count connections.
os.environ.setdefault("DATABASE_POOL", "8")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ideation.settings")

from django.core.wsgi import get_wsgi_application

from ideation.startup import one_line_errors

with one_line_errors():
    application = get_wsgi_application()

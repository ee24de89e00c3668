import os

os.environ.setdefault("DATABASE_POOL", "8")  # as the product's web processes
os.environ["DJANGO_SETTINGS_MODULE"] = "bench.yardsticks.settings"

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

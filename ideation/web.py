"""What a web process loads: the application, which has shown a page before anybody waits for one."""

import logging
from urllib.parse import urlsplit
from wsgiref.util import setup_testing_defaults

from django.conf import settings

from ideation.wsgi import application

__all__ = ["application"]


def warm_up(language: str) -> None:
    """Ask for the start page: routes, templates, texts and a connection are then there."""
    url = urlsplit(settings.BASE_URL)
    request = {"wsgi.url_scheme": url.scheme, "HTTP_HOST": url.netloc, "HTTP_ACCEPT_LANGUAGE": language}
    setup_testing_defaults(request)
    for _part in application(request, lambda *_: lambda _: None):
        pass


logging.disable(logging.INFO)  # nobody has asked for these pages
for code, _name in settings.LANGUAGES:
    warm_up(code)
logging.disable(logging.NOTSET)

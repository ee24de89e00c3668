"""What a web process loads: the application, which has shown a page before anybody waits for one."""

import logging
from contextlib import suppress
from urllib.parse import urlsplit
from wsgiref.util import setup_testing_defaults

from django.conf import settings

from ideation.wsgi import application

__all__ = ["application"]


def warm_up() -> None:
    """Ask for the start page in each language: routes, templates, texts and a connection are then there.

    Nobody has asked for these pages, so nothing is logged, and what goes wrong is told when somebody does.
    """
    url = urlsplit(settings.BASE_URL)
    logging.disable(logging.CRITICAL)
    for language, _name in settings.LANGUAGES:
        request = {"wsgi.url_scheme": url.scheme, "HTTP_HOST": url.netloc, "HTTP_ACCEPT_LANGUAGE": language}
        setup_testing_defaults(request)
        with suppress(Exception):
            for _part in application(request, lambda *_: lambda _: None):
                pass
    logging.disable(logging.NOTSET)


warm_up()

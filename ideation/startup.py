"""Get a process ready: settings read, services there; what an operator can mend is said in one line."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from environs import EnvError

from ideation.embedded import EmbeddedServiceError, hold_services


class CannotStartError(Exception):
    """What was asked for cannot start; the message is one line for the operator."""


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Exit with one line where a setting, a folder or a service is not as it should be."""
    try:
        yield
    except (ImproperlyConfigured, EnvError, EmbeddedServiceError, CannotStartError) as error:
        sys.exit(f"ideation: {error}")
    except OSError as error:
        sys.exit(f"ideation: {error.filename or 'the system'}: {error.strerror or error}")


def read_settings() -> None:
    """Read all settings now, where a bad one can be told in one line.

    Raises: CannotStartError, ImproperlyConfigured or EnvError, naming the variable.
    """
    try:
        settings.INSTALLED_APPS  # noqa: B018 - the first access reads all
    except EnvError:
        raise
    except ValueError as error:  # a file of NAME_FILE that cannot be read
        raise CannotStartError(str(error)) from error


@contextmanager
def ready(*, services: bool) -> Iterator[None]:
    """Have settings, and the embedded services where they are used, for the block; its own errors pass unchanged."""
    with ExitStack() as stack:
        with one_line_errors():
            read_settings()
            if services and settings.EMBEDDED:
                stack.enter_context(hold_services(settings.VAR_DIR))
        yield

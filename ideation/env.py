"""Read settings from the environment, typed; `NAME_FILE` names a file that holds the value of `NAME`."""

import secrets
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environs import EnvError, FileAwareEnv, validate

env = FileAwareEnv()

__all__ = ["EnvError", "at_least", "between", "env", "of_scheme", "one_of", "persistent_secret", "required_unless"]

one_of = validate.OneOf


def between(lowest: float, highest: float) -> validate.Range:
    return validate.Range(min=lowest, max=highest)


def at_least(lowest: float) -> validate.Range:
    return validate.Range(min=lowest)


def of_scheme(name: str, url: str, *schemes: str) -> str:
    """Return `url` if it is of one of the schemes; the error does not repeat it, since it may hold a password.

    Raises: ImproperlyConfigured, naming the variable.
    """
    if urlsplit(url).scheme not in schemes:
        raise ImproperlyConfigured(f"{name} must begin with {' or '.join(f'{scheme}:' for scheme in schemes)}.")
    return url


def required_unless(condition: bool, name: str, fallback: str) -> str:
    """Return the variable `name`; `fallback` only where `condition` allows to leave it out.

    Raises: ImproperlyConfigured, naming the variable.
    """
    value: str = env.str(name, "")
    if value:
        return value
    if not condition:
        raise ImproperlyConfigured(f"{name} is not set; .env.example says what it is for.")
    return fallback


def persistent_secret(path: Path) -> str:
    """Return the secret kept in `path`; the first caller makes it (mode 0600)."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48))
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass  # another process was first; its secret counts
        finally:
            draft.unlink()
    return path.read_text().strip()

"""Read settings from the environment, typed; `NAME_FILE` names a file that holds the value of `NAME`."""

import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured
from environs import EnvError, FileAwareEnv

env = FileAwareEnv()

__all__ = ["EnvError", "env", "persistent_secret", "required_unless"]


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

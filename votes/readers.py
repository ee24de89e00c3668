"""Who looks, so that one reader counts once a day: names that lead to nobody and last for a day.

A reader who is signed in is named by a code that their page carries: made from the person and the day with the secret
key, and sealed, so that nobody can make up readers. Any other is one of READERS_PER_ADDRESS of their address.
"""

import base64
import hashlib
from datetime import date, timedelta
from functools import lru_cache

from django.utils.crypto import constant_time_compare, salted_hmac

READERS_PER_ADDRESS = 16  # told apart by their browsers
BYTES = 9  # 12 characters
LENGTH = 12


@lru_cache(maxsize=8)
def _key(purpose: str, day: date) -> bytes:
    return salted_hmac(f"votes.readers.{purpose}", day.isoformat(), algorithm="sha256").digest()


def _name(purpose: str, day: date, of: str) -> str:
    digest = hashlib.blake2b(of.encode("utf-8", "replace"), digest_size=BYTES, key=_key(purpose, day)).digest()
    return base64.urlsafe_b64encode(digest).decode()


def signed_in(person_id: int, day: date) -> str:
    return _name("person", day, str(person_id))


def anonymous(address: str, browser: str, day: date) -> str:
    kind = hashlib.blake2b(browser.encode("utf-8", "replace"), digest_size=1).digest()[0] % READERS_PER_ADDRESS
    return _name("address", day, f"{address} {kind}")


def code_of(person_id: int, day: date) -> str:
    """Return what the pages of somebody who is signed in carry on a day."""
    name = signed_in(person_id, day)
    return name + _name("seal", day, name)


def reader_of(code: str, day: date) -> tuple[str, date] | None:
    """Return the reader behind a code and when it was given, `day` or the day before; None for anything else."""
    if not code.isascii():
        return None
    name, seal = code[:LENGTH], code[LENGTH:]
    for given in (day, day - timedelta(days=1)):
        if constant_time_compare(seal, _name("seal", given, name)):
            return name, given
    return None

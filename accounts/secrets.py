"""Secrets that we hand out once: 256 random bits, of which we keep the SHA-256 only.

A plain hash is enough: nobody can guess their way to an input that long, so there is nothing to slow down.
"""

import secrets
from hashlib import sha256


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def digest_of(secret: str) -> bytes:
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()

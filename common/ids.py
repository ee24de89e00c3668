"""Random public ids: short, without look-alike letters, not guessable one from the next."""

import secrets

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
LENGTH = 12  # 31**12 ≈ 7.9e17: at ten million rows a collision is a one in 16,000 event, which the unique index refuses


def new_public_id() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))

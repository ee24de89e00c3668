"""Who asks: a partner's key and people's sessions, made by the product's own code in an installation's environment.

Run as `python -m bench.callers COUNT`; prints JSON.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import timedelta

from bench.data import SOURCE, TEAM_PEOPLE
from bench.databases import ROOT, Installation

CSRF_TOKEN = "benchbenchbenchbenchbenchbench12"  # noqa: S105 - any such token is good if cookie and header agree


@dataclass(frozen=True, slots=True)
class Callers:
    """`sessions` are cookies by person; `readers`, the codes that pages carry for reports of what was seen."""

    key: str
    sessions: dict[int, str]
    readers: list[str]

    @property
    def by_key(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}

    @staticmethod
    def by_session(session: str) -> dict[str, str]:
        return {"Cookie": f"sessionid={session}; csrftoken={CSRF_TOKEN}"}

    @classmethod
    def by_htmx(cls, session: str) -> dict[str, str]:
        """What the portal's script sends when a button is pressed."""
        return {
            **cls.by_session(session),
            "X-CSRFToken": CSRF_TOKEN,
            "HX-Request": "true",
            "Content-Type": "application/x-www-form-urlencoded",
        }


def make_callers(place: Installation, count: int) -> Callers:
    command = [sys.executable, "-m", "bench.callers", str(count)]
    done = subprocess.run(command, cwd=ROOT, env=place.environment(), check=True, stdout=subprocess.PIPE, text=True)
    made = json.loads(done.stdout.splitlines()[-1])
    sessions = {int(person): session for person, session in made["sessions"].items()}
    return Callers(made["key"], sessions, made["readers"])


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ideation.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore
    from django.utils import timezone

    from accounts.models import Person, Scope
    from accounts.services import create_api_key
    from votes.readers import code_of

    _row, key = create_api_key(
        name="Bench", source=SOURCE, scopes=[Scope.IDEAS_READ, Scope.IDEAS_WRITE, Scope.VOTES_WRITE]
    )
    store, expires = SessionStore(), timezone.now() + timedelta(days=1)
    rows, sessions = [], {}
    members = Person.objects.filter(pk__gt=1 + TEAM_PEOPLE).order_by("pk")[: int(sys.argv[1])]
    for person in members:
        values = {
            SESSION_KEY: str(person.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: person.get_session_auth_hash(),
        }
        name = f"bench{person.pk:027}"
        rows.append(store.model(session_key=name, session_data=store.encode(values), expire_date=expires))
        sessions[person.pk] = name
    store.model.objects.all().delete()
    store.model.objects.bulk_create(rows)
    codes = [code_of(person, timezone.now().date()) for person in sessions]
    print(json.dumps({"key": key, "sessions": sessions, "readers": codes}))


if __name__ == "__main__":
    main()

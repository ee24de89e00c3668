"""Sessions in PostgreSQL, read by a prepared statement: every request of somebody who is signed in begins with one."""

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from common.prepared import PreparedQuery, given

SESSION = PreparedQuery(lambda: Session.objects.filter(session_key=given("key"), expire_date__gt=given("now")))


class SessionStore(DatabaseSessionStore):
    def _get_session_from_db(self) -> Session | None:
        found = SESSION.first(key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found

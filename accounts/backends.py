from allauth.account.auth_backends import AuthenticationBackend as AllauthBackend

from accounts.models import Person
from common.prepared import PreparedQuery, given

PERSON = PreparedQuery(lambda: Person.objects.filter(pk=given("id")))


class AuthenticationBackend(AllauthBackend):
    """allauth's, with the person behind a session read by a prepared statement."""

    def get_user(self, user_id: int) -> Person | None:
        person = PERSON.first(id=user_id)
        return person if person and self.user_can_authenticate(person) else None

from accounts.models import Person
from notifications.models import Preference


def preferences_of(person: Person) -> Preference:
    """What the person wants to be told: as saved, or the defaults, unsaved. Queries: 1."""
    return Preference.objects.filter(person=person).first() or Preference(person=person)

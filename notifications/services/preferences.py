from accounts.models import Person
from common.errors import Invalid
from notifications.models import NewIdeas, Preference


def set_preferences(
    person: Person,
    *,
    new_ideas: str | None = None,
    digest_hour: int | None = None,
    comments: bool | None = None,
    notes: bool | None = None,
    changes: bool | None = None,
    assignments: bool | None = None,
) -> Preference:
    """Change what is given of what the person wants to be told.

    Raises: Invalid (`new_ideas`, `digest_hour`).
    """
    if new_ideas is not None and new_ideas not in NewIdeas.values:
        raise Invalid(field="new_ideas", code="invalid_choice")
    if digest_hour is not None and not 0 <= digest_hour <= 23:
        raise Invalid(field="digest_hour")
    given = {
        "new_ideas": new_ideas,
        "digest_hour": digest_hour,
        "comments": comments,
        "notes": notes,
        "changes": changes,
        "assignments": assignments,
    }
    changed = {name: value for name, value in given.items() if value is not None}
    preference, _made = Preference.objects.update_or_create(person=person, defaults=changed)
    return preference

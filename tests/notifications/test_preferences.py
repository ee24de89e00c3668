import pytest

from accounts.models import Person
from common.errors import Invalid
from notifications.models import NewIdeas, Preference
from notifications.selectors import preferences_of
from notifications.services.preferences import set_preferences

pytestmark = pytest.mark.django_db


def test_only_what_is_given_changes(colleague: Person) -> None:
    set_preferences(colleague, new_ideas=NewIdeas.DAILY, digest_hour=18)
    set_preferences(colleague, comments=False)
    preference = preferences_of(colleague)
    assert (preference.new_ideas, preference.digest_hour, preference.comments) == ("daily", 18, False)
    assert preference.changes


def test_defaults_hold_for_who_never_said_anything(colleague: Person) -> None:
    preference = preferences_of(colleague)
    assert (preference.new_ideas, preference.digest_hour, preference.comments) == ("at_once", 7, True)
    assert not Preference.objects.exists()


@pytest.mark.parametrize("wrong", [{"new_ideas": "sometimes"}, {"digest_hour": 24}, {"digest_hour": -1}])
def test_what_does_not_exist_is_refused(colleague: Person, wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid) as refused:
        set_preferences(colleague, **wrong)  # type: ignore[arg-type]
    assert [refused.value.field] == [*wrong]
    assert not Preference.objects.exists()

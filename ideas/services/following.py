from accounts.models import Person
from ideas.models import Follow, Idea


def follow_idea(idea: Idea, *, person: Person) -> None:
    """Let the person hear of the idea, also if it was muted."""
    _keep(idea, person, muted=False)


def mute_idea(idea: Idea, *, person: Person) -> None:
    """Keep the idea quiet for the person, whatever else would tell them of it."""
    _keep(idea, person, muted=True)


def unfollow_idea(idea: Idea, *, person: Person) -> None:
    Follow.objects.filter(idea=idea, person=person, muted=False).delete()


def unmute_idea(idea: Idea, *, person: Person) -> None:
    Follow.objects.filter(idea=idea, person=person, muted=True).delete()


def _keep(idea: Idea, person: Person, *, muted: bool) -> None:
    Follow.objects.bulk_create(
        [Follow(idea=idea, person=person, muted=muted)],
        update_conflicts=True,
        unique_fields=["idea", "person"],
        update_fields=["muted"],
    )

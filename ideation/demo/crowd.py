"""The invented people of the demo, and when they vote: the same on every run."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from accounts.models import Language, Person
from customers.services import person_for_contact

SOURCE = "demo"
SIZE = 240
SEED = 2026
FIRST_NAMES = """
    Aaron Amira Anna Anton Ayşe Ben Carla Chidi Clara David Deniz Edith Emil Esra Eva Finn Frieda Greta Hanna Henry
    Ida Ines Ivo Jakob Jana Joao Karl Kira Lea Lena Levin Lina Lotte Luca Maja Malik Maria Mats Mila Nadia Nico Nora
    Olga Oskar Paula Pia Rosa Ruben Sami Selma Stefan Tara Theo Tilda Tom Vera Willi Yara Yusuf Zoe
"""
INITIALS = "ABDEFGHKLMNPRSTWZ"


@dataclass(slots=True)
class Crowd:
    """People to draw from; each rides with the moods of one random number generator."""

    random: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311 - invented people keep no secrets
    people: list[Person] = field(default_factory=list)

    def gather(self) -> Iterator[Person]:
        """Find or make everybody, one by one."""
        names = [f"{first} {initial}." for first in FIRST_NAMES.split() for initial in INITIALS]
        for number, name in enumerate(self.random.sample(names, SIZE)):
            person = person_for_contact(source=SOURCE, external_id=f"rider-{number:03}", name=name)
            self.people.append(person)
            yield person
        half = [person.pk for person in self.people[::2]]
        Person.objects.filter(pk__in=half, email=None).update(language=Language.GERMAN)

    def somebody(self) -> Person:
        return self.random.choice(self.people)

    def some(self, count: int) -> list[Person]:
        return self.random.sample(self.people, min(count, len(self.people)))

    def moment(self, after: datetime, before: datetime) -> datetime:
        """Return a time between the two; most things happen soon after an idea was posted, some much later."""
        share: float = self.random.random() ** 1.7
        return after + (before - after) * share

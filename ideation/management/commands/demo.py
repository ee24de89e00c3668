from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from tqdm import tqdm

from ideas.models import Board, Idea, Standing
from ideation.demo.filling import Demo
from votes.models import Vote


class Command(BaseCommand):
    help = "Fill this installation with an invented company, its boards and ideas; a repeat adds what is missing."

    def handle(self, *args: Any, **options: Any) -> None:
        demo = Demo()
        self.stdout.write("Filling this installation with an invented maker of e-bikes …")
        self.stdout.flush()
        for _title in tqdm(demo.fill(), total=demo.steps(), desc="ideas", unit="", disable=None):
            pass
        boards = Board.objects.filter(portal__slug="lindwerk")
        self.stdout.write(
            f"{boards.count()} boards, {Standing.objects.filter(board__in=boards, listed=True).count()} listed ideas, "
            f"{Vote.objects.filter(idea__board__in=boards).count()} votes, "
            f"{Idea.objects.filter(board__in=boards, response__isnull=False).count()} answered."
        )
        self.stdout.write(f"Look at it:       {settings.BASE_URL}/")
        self.stdout.write("Sign in as team:  .venv/bin/python manage.py sign_in_link priya@lindwerk.example")

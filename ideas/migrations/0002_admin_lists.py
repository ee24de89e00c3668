import django.contrib.postgres.indexes
import django.contrib.postgres.search
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # indexes are built beside the writers

    dependencies = [
        ("ideas", "0001_ideas"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="comment",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.search.SearchVector("body", config="ideation_simple"), name="comment_search"
            ),
        ),
        AddIndexConcurrently(
            model_name="comment",
            index=models.Index(
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("is_internal", True)),
                name="comment_internal",
            ),
        ),
        AddIndexConcurrently(
            model_name="comment",
            index=models.Index(
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("hidden_at__isnull", False), ("withdrawn_at__isnull", False), _connector="OR"),
                name="comment_taken_away",
            ),
        ),
        AddIndexConcurrently(
            model_name="idea",
            index=models.Index(
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(
                    ("hidden_at__isnull", False),
                    ("withdrawn_at__isnull", False),
                    ("merged_into__isnull", False),
                    _connector="OR",
                ),
                name="idea_unlisted",
            ),
        ),
    ]

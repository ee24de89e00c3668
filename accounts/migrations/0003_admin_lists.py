import django.contrib.postgres.indexes
import django.db.models.functions.text
from django.contrib.postgres.operations import AddIndexConcurrently, TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # indexes are built beside the writers

    dependencies = [
        ("accounts", "0002_link_of_the_first_administrator"),
    ]

    operations = [
        TrigramExtension(),
        AddIndexConcurrently(
            model_name="person",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("display_name"), name="gin_trgm_ops"
                ),
                name="person_name_search",
            ),
        ),
        AddIndexConcurrently(
            model_name="person",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.functions.text.Upper("email"), name="gin_trgm_ops"
                ),
                name="person_email_search",
            ),
        ),
        AddIndexConcurrently(
            model_name="person",
            index=models.Index(
                models.OrderBy(models.F("id"), descending=True),
                condition=models.Q(("role", "member"), _negated=True),
                name="person_staff",
            ),
        ),
    ]

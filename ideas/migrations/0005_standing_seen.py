from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the index is built beside the writers

    dependencies = [("ideas", "0004_views")]

    operations = [
        AddIndexConcurrently(
            model_name="standing",
            index=models.Index(
                condition=models.Q(("listed", True)), fields=["board", "status", "seen", "-idea"], name="standing_seen"
            ),
        ),
    ]

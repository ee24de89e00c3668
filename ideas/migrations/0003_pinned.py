from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the index is built beside the writers

    dependencies = [("ideas", "0002_admin_lists")]

    operations = [
        AddIndexConcurrently(
            model_name="idea",
            index=models.Index(condition=models.Q(("is_pinned", True)), fields=["board"], name="idea_pinned"),
        ),
    ]

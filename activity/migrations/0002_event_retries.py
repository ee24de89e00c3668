from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("activity", "0001_events")]

    operations = [
        migrations.AddField("event", "next_attempt_at", models.DateTimeField("next attempt", blank=True, null=True)),
        migrations.AddField("event", "parked_at", models.DateTimeField("given up", blank=True, null=True)),
        migrations.AlterField("event", "handled_at", models.DateTimeField("handled", blank=True, null=True)),
        migrations.AlterField("event", "attempts", models.SmallIntegerField("attempts", db_default=0)),
        migrations.AlterField(
            "event", "last_error", models.CharField("last error", blank=True, default="", max_length=500)
        ),
        migrations.RemoveIndex("event", "event_unhandled"),
        migrations.AddIndex(
            "event",
            models.Index(
                fields=["id"],
                name="event_unhandled",
                condition=Q(("handled_at__isnull", True), ("parked_at__isnull", True)),
            ),
        ),
        migrations.AddIndex(
            "event", models.Index(fields=["id"], name="event_parked", condition=Q(("parked_at__isnull", False)))
        ),
    ]

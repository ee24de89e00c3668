import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ideas", "0003_pinned")]

    operations = [
        migrations.CreateModel(
            name="BoardRate",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("rate", models.FloatField()),
                ("allows_down_votes", models.BooleanField()),
                ("is_applied", models.BooleanField(default=False)),
                ("at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "board",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rates",
                        to="ideas.board",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["board", "-id"], name="board_rate_latest")],
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("rate__gt", 0)), name="board_rate_positive")
                ],
            },
        ),
        migrations.AddField(model_name="standing", name="seen", field=models.FloatField(db_default=0.0)),
        migrations.AddField(model_name="standing", name="up_seen", field=models.IntegerField(db_default=0)),
    ]

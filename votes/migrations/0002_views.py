from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("votes", "0001_votes_and_ledger"), ("ideas", "0004_views")]

    operations = [
        migrations.AddField(model_name="dailyexposure", name="weight", field=models.FloatField(db_default=0.0)),
        migrations.CreateModel(
            name="ViewsFlush",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("last_id", models.CharField(default="0-0", max_length=41)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="views_flush_is_one_row")],
            },
        ),
    ]

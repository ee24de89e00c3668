from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("ideas", "0005_standing_seen"),
    ]

    operations = [
        migrations.AddField(
            model_name="origin",
            name="imported_at",
            field=models.DateTimeField(null=True),
        ),
    ]

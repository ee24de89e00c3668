from django.db import migrations

# Rows are made otherwise from now on: the next night publishes everything anew, and old receipts are void.
BEGIN_ANEW = """
DELETE FROM votes_boardpublication; DELETE FROM votes_publication; DELETE FROM votes_boardstay;
DELETE FROM votes_boardsecret"""


class Migration(migrations.Migration):
    dependencies = [("votes", "0003_receipts")]

    operations = [migrations.RunSQL(BEGIN_ANEW, BEGIN_ANEW)]

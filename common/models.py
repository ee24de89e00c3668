from django.db import models


class FirstAnswer(models.Model):
    """The answer that the first request with an Idempotency-Key got; kept 24 hours, then the key is free again."""

    caller = models.CharField(max_length=80)
    key = models.CharField(max_length=255)
    fingerprint = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField(null=True)
    body = models.TextField(default="")
    headers = models.JSONField(default=dict)
    created_at = models.DateTimeField(db_default=models.functions.Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["caller", "key"], name="firstanswer_once")]
        indexes = [models.Index(fields=["created_at"], name="firstanswer_created_at")]

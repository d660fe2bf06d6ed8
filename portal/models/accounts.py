"""What accounts need beside Django's own."""

from django.db import models


class RecoveryCode(models.Model):
    """One of the codes that open an account whose telephone is lost; only its hash is kept, and no longer than unused."""

    user = models.ForeignKey("auth.User", models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_is_one")]

    def __str__(self):
        return self.digest[:8]

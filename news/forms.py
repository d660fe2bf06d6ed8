"""The article as staff edit it."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ArticleForm(forms.ModelForm):
    def clean(self):
        cleaned = super().clean()
        if self.instance.replaces_id and "published_at" in cleaned and not cleaned["published_at"]:
            self.add_error("published_at", _("A published article has a publication time. To hide it, withdraw it."))
        return cleaned

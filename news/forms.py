"""The article as staff edit it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from news.models import Article


class ArticleForm(forms.ModelForm):
    def clean(self):
        cleaned = super().clean()
        if self.instance.state == Article.State.PUBLISHED and "published_at" in cleaned and not cleaned["published_at"]:
            self.add_error("published_at", _("A published article has a publication time. To hide it, withdraw it."))
        return cleaned

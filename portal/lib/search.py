"""Accent-free search in PostgreSQL without extensions: Python folds, the database indexes.

A searchable row holds the words of its title and of its text as `lexemes.vector` writes them. Triggers copy those of rows
that citizens may come to see into one narrow table, `portal_searchrow`, which is all that a search reads.
"""

from django.db import models

from portal.lib import lexemes


class Searchable(models.Model):
    """Base of models that search finds. A subclass says in `searched_texts` what belongs to title and to text."""

    title_words = models.TextField(editable=False, default="")
    text_words = models.TextField(editable=False, default="")

    class Meta:
        abstract = True

    def searched_texts(self) -> tuple[list[str], list[str]]:
        """(texts of the title, texts of the rest), plain."""
        raise NotImplementedError

    def index(self) -> None:
        """Puts down the words of the texts as they are now."""
        self.title_words, self.text_words = (lexemes.vector(*texts) for texts in self.searched_texts())

    def save(self, **kwargs):
        self.index()
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "title_words", "text_words"}
        super().save(**kwargs)

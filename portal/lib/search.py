"""Accent-free search in PostgreSQL without extensions: Python folds, a generated column indexes.

A searchable row holds the words of its title and of its text (`text.search_words`: folded, then as written with
accents). The database derives one weighted tsvector from them; the `simple` configuration leaves the words alone.
"""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Cast

from portal.lib import text

MAX_WORDS = 20
# In bytes. A tsvector holds less than a megabyte, and distinct short words take twice their length in it; words beyond
# the first hundred thousand are not what anybody looks for.
MAX_INDEXED = 500_000


class SearchableQuerySet(models.QuerySet):
    def matching(self, query: str):
        """Rows that hold every word of `query` whatever its accents; `.rank` is higher for exact accents, then titles."""
        exact = text.words(query)[:MAX_WORDS]
        folded = [text.fold(word) for word in exact]
        if not folded:
            return self.none().annotate(rank=Value(0.0))
        wanted, as_written = _all_of(folded), _all_of(exact)
        if digits := text.phone_digits(query):
            wanted |= _all_of([digits])
        weights = [0.05, 0.1, 0.2, 1.0]
        # A whole point for the exact accents: no rank of folded words reaches it (normalization 32: rank < 1).
        exactly = Cast(
            models.ExpressionWrapper(models.Q(words=as_written), models.BooleanField()), models.IntegerField()
        )
        rank = SearchRank(F("words"), wanted, weights=Value(weights), normalization=Value(32))
        return self.filter(words=wanted).annotate(rank=rank + Cast(exactly, models.FloatField()))


def _all_of(words: list[str]) -> SearchQuery:
    return SearchQuery(" ".join(words), config="simple", search_type="plain")


def _indexable(texts: list[str]) -> str:
    return text.search_words(*texts).encode()[:MAX_INDEXED].decode(errors="ignore")


class Searchable(models.Model):
    """Base of models that search finds. A subclass says in `searched_texts` what belongs to title and to text."""

    title_words = models.TextField(editable=False, default="")
    text_words = models.TextField(editable=False, default="")
    words = models.GeneratedField(
        expression=SearchVector("title_words", weight="A", config="simple")
        + SearchVector("text_words", weight="D", config="simple"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    objects = SearchableQuerySet.as_manager()

    class Meta:
        abstract = True
        indexes = [GinIndex(fields=["words"], name="%(class)s_words")]

    def searched_texts(self) -> tuple[list[str], list[str]]:
        """(texts of the title, texts of the rest), plain."""
        raise NotImplementedError

    def save(self, **kwargs):
        title, rest = self.searched_texts()
        self.title_words = _indexable(title)
        self.text_words = _indexable(rest)
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "title_words", "text_words"}
        super().save(**kwargs)

"""What the search reads and learns: its table, words that mean the same, results that staff put first, what nobody finds."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from portal.lib import asked, text
from portal.lib.fields import LineField, LinkField, ProseField

OFTEN = 3  # times that a question has been asked before staff see it: what one person typed once is nobody's business


class SearchRow(models.Model):
    """An article, page or office that citizens may come to see. Triggers keep these rows: see migration 0070.

    Narrow, so that a question about every second article reads few pages of the disk; the words themselves lie apart.
    """

    kind = models.CharField(max_length=10)
    ref = models.BigIntegerField()
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    shown_at = models.DateTimeField(null=True)  # the day by which it is new or old; offices have none
    category = models.BigIntegerField(null=True)
    title_length = models.SmallIntegerField()
    title = SearchVectorField()
    words = SearchVectorField()

    class Meta:
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["kind", "ref"], name="search_row_once")]
        indexes = [GinIndex(fields=["words"], name="search_words"), GinIndex(fields=["title"], name="search_titles")]

    def __str__(self):
        return f"{self.kind} {self.ref}"


class Synonym(models.Model):
    """Two expressions that mean the same: who looks for one finds the other."""

    short = LineField(_("abbreviation or word"), max_length=80, help_text=_("E.g. “UBND”."))
    long = LineField(_("means the same as"), max_length=120, help_text=_("E.g. “ủy ban nhân dân”."))

    class Meta:
        verbose_name = _("words that mean the same")
        verbose_name_plural = _("words that mean the same")
        ordering = ["short", "long"]
        constraints = [
            models.UniqueConstraint(fields=["short", "long"], name="synonym_once"),
            models.CheckConstraint(condition=~Q(short="") & ~Q(long=""), name="synonym_says_both"),
        ]

    def __str__(self):
        return f"{self.short} = {self.long}"

    def clean(self):
        both = {name: asked.expression(getattr(self, name))[0] for name in ("short", "long")}
        for name, words in both.items():
            if not 1 <= len(words) <= 8:
                raise ValidationError({name: _("One to eight words with letters or digits.")})
        if both["short"] == both["long"]:
            raise ValidationError({"long": _("Both are the same words; accents and case do not matter to the search.")})


class PromotedResult(models.Model):
    """A link that stands above all results of some questions."""

    title = LineField(_("title"), max_length=200)
    url = LinkField(_("address"), max_length=300, help_text=_("/path on this site or https://…"))
    note = LineField(_("what one finds there"), max_length=300, blank=True)
    queries = ProseField(
        _("for the questions"),
        validators=[MaxLengthValidator(2000)],
        help_text=_("One a line, with or without accents. The result stands on top when the question is just that."),
    )
    keys = ArrayField(models.CharField(max_length=200), editable=False, default=list)
    order = models.PositiveIntegerField(_("order"), default=100)

    class Meta:
        verbose_name = _("promoted result")
        verbose_name_plural = _("promoted results")
        ordering = ["order", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(title="") & ~Q(url="") & ~Q(keys=[]), name="promoted_is_whole"),
            models.CheckConstraint(
                condition=Q(url__regex=r"^(https?://|/)[^\s\\]*$") & ~Q(url__startswith="//"), name="promoted_is_safe"
            ),
        ]

    def __str__(self):
        return self.title

    def _keys(self):
        keys = (asked.Asked(line).key[:200] for line in text.nfc(self.queries).split("\n"))
        return list(dict.fromkeys(filter(None, keys)))[:100]

    def clean(self):
        if not self._keys():
            raise ValidationError({"queries": _("Give at least one question.")})

    def save(self, **kwargs):
        self.keys = self._keys()
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "keys"}
        super().save(**kwargs)


class MissedQueryQuerySet(models.QuerySet):
    def told(self):
        """What was asked often enough to be no one's own words, with `.total` and whether somebody has answered it."""
        often = self.model.objects.values("query").annotate(total=Sum("n")).filter(total__gte=OFTEN)
        total = often.filter(query=OuterRef("query")).values("total")
        answered = PromotedResult.objects.filter(keys__contains=[OuterRef("query")])
        first = self.model.objects.filter(query=OuterRef("query")).order_by("day").values("pk")[:1]
        return self.filter(pk=models.Subquery(first)).annotate(
            total=models.Subquery(total), is_answered=Exists(answered)
        ).filter(total__isnull=False)  # fmt: skip


class MissedQuery(models.Model):
    """How often on a day a question found nothing. Folded, digits and addresses masked, nobody's key beside it."""

    day = models.DateField(_("day"))
    query = models.CharField(_("question"), max_length=80)
    n = models.PositiveIntegerField(pgettext_lazy("how often", "number"))

    objects = MissedQueryQuerySet.as_manager()

    class Meta:
        verbose_name = _("question without results")
        verbose_name_plural = _("questions without results")
        default_permissions = ("view", "delete")
        ordering = ["-day", "query"]
        constraints = [models.UniqueConstraint(fields=["query", "day"], name="missed_once_a_day")]
        indexes = [models.Index(fields=["day"], name="missed_by_day")]

    def __str__(self):
        return self.query


class Redirect(models.Model):
    """Where an address of the old portal leads today: always to a page of this one."""

    old = models.CharField(
        _("old address"), max_length=500, unique=True, help_text=_("The path, without host and “?…”.")
    )
    slug = models.CharField(max_length=300, blank=True, editable=False)
    target = models.CharField(
        _("new address"), max_length=500, help_text=_("A path of this portal, such as /tin-tuc/.")
    )
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("redirect")
        verbose_name_plural = _("redirects")
        ordering = ["old"]
        constraints = [
            models.CheckConstraint(condition=Q(old__regex=r"^/[^\s?#]+$"), name="redirect_from_a_path"),
            models.CheckConstraint(
                condition=Q(target__regex=r"^/[^\s\\?#]*(#[\w-]+)?$") & ~Q(target__startswith="//"),
                name="redirect_stays_here",
            ),
            models.CheckConstraint(condition=~Q(old=F("target")), name="redirect_leads_away"),
        ]
        indexes = [models.Index(fields=["slug"], name="redirect_by_slug", condition=~Q(slug=""))]

    def __str__(self):
        return self.old


class LostAddress(models.Model):
    """An address that nothing answers to, and how often it was asked for."""

    path = models.CharField(_("address"), max_length=300, unique=True)
    n = models.PositiveIntegerField(pgettext_lazy("how often", "number"))
    first_on = models.DateField(_("first on"))
    last_on = models.DateField(_("last on"), db_index=True)

    class Meta:
        verbose_name = _("address not found")
        verbose_name_plural = _("addresses not found")
        default_permissions = ("view", "delete")
        ordering = ["-n", "path"]

    def __str__(self):
        return self.path

"""Articles. What a citizen may see is decided by `public()` at read time."""

from collections import defaultdict
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Func, OuterRef, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hotlines import tokens
from hotlines.models import Office
from news.models.categories import Category
from news.models.pictures import Picture
from portal.lib import html, pagecache, text
from portal.lib.fields import HTMLField, LineField, MomentField, ProseField, within_time
from portal.lib.languages import address
from portal.lib.prepared import Prepared
from portal.lib.search import Searchable
from portal.lib.versions import kept_versions

NEAR = 60  # articles of a category that are remembered together: they are the ones that most people read
SEARCHED = ("title_words", "text_words")
READ = ("category", "title", "lead", "body", "cover", "cover_caption", "byline", "published_at", "updated_at")
SEEN = ("name", "width", "height", "alt", "caption", "credit", "focal_x", "focal_y")  # of a cover
BOOKKEEPING = ("replaces", "submitted_at", "submitted_by", "reason", "reason_is_public")  # of the way to the readers
# A picture in the text of which nobody has said what it shows, nor that it only decorates (alt="").
SPEECHLESS = Value(r"<img(?![^>]*\salt=)")


class ArticleQuerySet(models.QuerySet):
    def public(self, at=None):
        """Published, its time has come and it has not expired. Every list, feed, box, file and search uses this."""
        at = at or timezone.now()
        return self.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=at), state=Article.State.PUBLISHED, published_at__lte=at
        )

    def gone(self, at=None):
        """Was public once and is no longer: withdrawn or expired. Its address answers 410."""
        at = at or timezone.now()
        withdrawn = Q(state=Article.State.WITHDRAWN, published_at__lte=at)
        return self.filter(withdrawn | Q(state=Article.State.PUBLISHED, expires_at__lte=at))

    def in_reader_state(self, code, at=None):
        """Those that stand for citizens as `code` says: a state, "scheduled" or "expired"; published ones are `public`."""
        at = at or timezone.now()
        published = Q(state=Article.State.PUBLISHED)
        if code == Article.State.PUBLISHED:
            return self.public(at)
        clockwork = {"scheduled": published & Q(published_at__gt=at), "expired": published & Q(expires_at__lte=at)}
        return self.filter(clockwork.get(code, Q(state=code)))

    def without_alt(self):
        """With a picture that says nothing to those who cannot see it."""
        # By way of the keys, so that the index answers instead of a reading of all texts.
        speechless = Article.objects.filter(body__regex=SPEECHLESS).values("pk")
        return self.filter(pk__in=speechless)

    def waiting_for(self, user):
        """Submitted for approval, where `user` has the right and was not the last who changed it; longest first."""
        if not user.has_perm("news.publish_article"):
            return self.none()
        mine = self.filter(state=Article.State.WAITING).exclude(category__in=Category.closed_to(user))
        mine = mine if user.is_superuser else mine.exclude(updated_by=user)
        return mine.order_by("submitted_at", "pk")

    def listed(self):
        """Newest first, with what a list shows and without the long texts."""
        rows = self.select_related("category", "cover").defer(
            "body", *SEARCHED, *(f"cover__{name}" for name in SEARCHED)
        )
        return rows.order_by("-published_at", "-pk")

    def readable(self):
        """With what its own page shows and nothing else: the ORM reads each column more slowly than the database."""

        def has(hanging):
            return models.Exists(hanging.rel.related_model.objects.filter(article=models.OuterRef("pk")))

        rows = self.select_related("cover").only(*READ, *(f"cover__{name}" for name in SEEN))
        return rows.annotate(is_corrected=has(Article.corrections), has_files=has(Article.attachments)).order_by()

    def in_category(self, category):
        """Articles of `category` and of all categories below it."""
        below = [pk for pk, other in Category.tree().items() if category in other.path]
        return self.filter(category__in=[category.pk, *below])

    def by_count_key(self, keys):
        """{count key: its article} for those of `keys` whose article is in this set; one query."""
        pks = [key.removeprefix("article:") for key in keys if key.startswith("article:")]
        return {article.count_key: article for article in self.filter(pk__in=pks)}

    def newest_by_category(self, categories, count):
        """{top category pk: the newest `count` articles of it and all below it among `categories`}, in one query.

        Each category's own newest are few and found by index; among these it is chosen.
        """
        known = {category.pk: category for category in categories}
        for category in categories:
            category.parent = known.get(category.parent_id)
        own = self.filter(category=OuterRef("pk")).order_by("-published_at", "-pk").values("pk")[:count]
        few = Category.objects.filter(pk__in=known).order_by().values_list(Func(ArraySubquery(own), function="unnest"))
        newest = defaultdict(list)
        for article in self.filter(pk__in=few).listed():
            section = newest[known[article.category_id].path[0].pk]
            if len(section) < count:
                section.append(article)
        return newest

    def next_change(self, after):
        """The next moment later than `after` at which an article appears or expires by the clock, or None."""
        ahead = Q(published_at__gt=after) | Q(expires_at__gt=after)  # few, found by index
        published = self.filter(ahead, state=Article.State.PUBLISHED)
        return min(
            filter(
                None,
                published.aggregate(
                    appears=models.Min("published_at", filter=Q(published_at__gt=after)),
                    expires=models.Min("expires_at", filter=Q(expires_at__gt=after)),
                ).values(),
            ),
            default=None,
        )


class Article(Searchable):
    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        WAITING = "waiting", _("waiting")
        RETURNED = "returned", _("returned")
        PUBLISHED = "published", _("published")
        WITHDRAWN = "withdrawn", _("withdrawn")

    category = models.ForeignKey(Category, models.PROTECT, related_name="articles", verbose_name=_("category"))
    title = LineField(_("title"), max_length=300)
    lead = ProseField(
        _("lead"),
        blank=True,
        validators=[MaxLengthValidator(2000)],
        help_text=_("Two or three sentences above the text, also shown in lists."),
    )
    body = HTMLField(_("text"), blank=True)
    cover = models.ForeignKey(
        Picture, models.PROTECT, null=True, blank=True, related_name="covers", verbose_name=_("cover picture")
    )
    cover_caption = LineField(
        _("caption"), max_length=300, blank=True, help_text=_("Empty: the caption that the picture has in the library.")
    )
    office = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="articles", verbose_name=_("signing office")
    )
    byline = LineField(
        _("signature as printed"),
        max_length=200,
        blank=True,
        help_text=_("Empty: the name of the office. It stays as it was printed when the office is renamed."),
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT, editable=False)
    published_at = MomentField(
        _("publication time"),
        null=True,
        blank=True,
        help_text=_("Day/month/year, hour:minute, Vietnamese time. In the future: it appears at that moment."),
    )
    expires_at = MomentField(
        _("expires at"),
        null=True,
        blank=True,
        help_text=_("From this moment on the article is out of all lists. It is not deleted."),
    )
    is_featured = models.BooleanField(_("lead story of the home page"), default=False)
    correction_note = ProseField(
        _("printed as a public correction"),
        blank=True,
        validators=[MaxLengthValidator(2000)],
        help_text=_(
            "What was wrong and what is right. Empty: no correction is printed. Otherwise citizens read it above the text, "
            "with a link to the text as it was before."
        ),
    )
    replaces = models.OneToOneField(
        "self",
        models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="revision",
        verbose_name=_("revision of"),
    )
    submitted_at = models.DateTimeField(_("submitted at"), null=True, editable=False)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    reason = LineField(_("why it was returned or withdrawn"), max_length=500, blank=True, editable=False)
    reason_is_public = models.BooleanField(_("readers see the reason"), default=False, db_default=False, editable=False)
    source_key = models.CharField(max_length=64, null=True, blank=True, unique=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed at"), auto_now=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects = ArticleQuerySet.as_manager()
    history = kept_versions("ArticleVersion", *BOOKKEEPING)

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["-published_at", "-pk"]
        permissions = [("publish_article", "Can approve and withdraw articles")]
        indexes = [
            models.Index(  # with all that a list's length is counted by
                fields=["-published_at", "-id"],
                include=["category", "expires_at"],
                name="article_newest_first",
                condition=Q(state="published"),
            ),
            models.Index(
                fields=["-is_featured", "-published_at", "-id"], name="article_featured", condition=Q(state="published")
            ),
            models.Index(
                "category", F("published_at").desc(), name="article_in_category", condition=Q(state="published")
            ),
            models.Index(fields=["-published_at", "-id"], name="article_at_the_desk"),
            models.Index(fields=["id"], name="article_without_alt", condition=Q(body__regex=SPEECHLESS)),
            models.Index(fields=["submitted_at"], name="article_waiting", condition=Q(state="waiting")),
            models.Index(fields=["expires_at"], name="article_expiring", condition=Q(expires_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="article_has_title"),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False), name="article_published_has_time"
            ),
            models.CheckConstraint(
                condition=Q(replaces=None) | ~Q(state__in=["published", "withdrawn"]),
                name="article_revision_is_never_public",
            ),
            models.CheckConstraint(condition=~Q(state="returned") | ~Q(reason=""), name="article_returned_says_why"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("published_at")), name="article_expires_after"),
            within_time("article_within_time", "published_at", "expires_at"),
        ]

    def __str__(self):
        return self.title

    def save(self, **kwargs):
        self.byline = self.byline or (self.office.name if self.office else "")
        super().save(**kwargs)

    def clean(self):
        if self.title and not text.slug(self.title):
            raise ValidationError({"title": _("A title needs letters or digits.")})
        if self.replaces and not self.published_at:  # as of a version from before its publication
            self.published_at = self.replaces.published_at
        if self.expires_at and self.published_at and self.expires_at <= self.published_at:
            raise ValidationError({"expires_at": _("An article expires after it was published.")})

    def searched_texts(self):
        return [self.title], [self.lead, tokens.removed(html.plain(self.body)), self.byline]

    @property
    def is_editable(self):
        """Whether its text may be changed as it stands: what was sent or read is taken back or revised first."""
        return self.state in {self.State.DRAFT, self.State.RETURNED}

    @property
    def slug(self):
        return text.slug(self.title) or "bai-viet"

    @property
    def caption(self):
        """What stands below the cover."""
        return self.cover_caption or self.cover.caption

    @property
    def pictures(self):
        """The pictures in the text; no query where there are none."""
        return Picture.objects.in_text(self.body)

    @property
    def files(self):
        """Its attachments; no query where `readable` has found that there are none."""
        return list(self.attachments.all()) if getattr(self, "has_files", self.pk) else []

    @property
    def count_key(self):
        """What a view of this article is counted under."""
        return f"article:{self.pk}"

    def newest_beside(self):
        """The NEAR newest public articles of the same category, as lists show them; remembered for all its articles."""

        def read():
            return list(Article.objects.public().filter(category=self.category_id).listed()[:NEAR])

        return pagecache.shared(f"newest:{self.category_id}", read)

    def neighbours(self):
        """(newer, older): the public articles of this category published next after and last before it, or None."""
        near = self.newest_beside()
        ended = [None] * (len(near) < NEAR)  # only of a whole category the last one is known to be the oldest
        for newer, article, older in zip([None, *near], near, [*near[1:], *ended], strict=False):
            if article.pk == self.pk:
                return newer, older
        return self._find_neighbours()

    def _find_neighbours(self):
        own = (self.published_at, self.pk)
        found = _beside(category=self.category_id, at=timezone.now(), published_at=own[0], pk=own[1])
        by_place = {(at, pk) > own: Article(pk=pk, title=title, category=self.category) for at, pk, title in found}
        return by_place.get(True), by_place.get(False)

    def get_absolute_url(self):
        return address("news:article", self.category.slug, self.pk, self.slug)

    def get_print_url(self):
        return address("news:print", self.category.slug, self.pk, self.slug)

    def get_save_url(self):
        return address("news:save", self.category.slug, self.pk, self.slug)


def _neighbours_of(category, at, published_at, pk):
    same = Article.objects.public(at).filter(category=category).values_list("published_at", "pk", "title")
    # The moment stands alone, too: an index is not entered by an OR.
    later = Q(published_at__gte=published_at) & (Q(published_at__gt=published_at) | Q(pk__gt=pk))
    before = Q(published_at__lte=published_at) & (Q(published_at__lt=published_at) | Q(pk__lt=pk))
    return same.filter(later).order_by("published_at", "pk")[:1].union(same.filter(before)[:1], all=True)


_beside = Prepared(
    _neighbours_of, category=-1, pk=-2, at=datetime(1, 1, 1, tzinfo=UTC), published_at=datetime(1, 1, 2, tzinfo=UTC)
)

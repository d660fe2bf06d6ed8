"""The library of pictures: each is there once, whoever uploads it again, and knows what shows it."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from portal.lib import html, images
from portal.lib.fields import LineField
from portal.lib.search import Searchable

FOLDER = "images"


def file_name(name, width=None):
    """Path in the media store of the picture `name`, whole or made `width` pixels wide."""
    return f"{FOLDER}/{name}.webp" if width is None else f"{FOLDER}/{name}-{width}.webp"


class PictureQuerySet(models.QuerySet):
    def shown(self):
        """Newest first, without the words for the search."""
        return self.defer("title_words", "text_words").order_by("-pk")

    def in_text(self, body):
        """List of those that the HTML `body` shows; no query where there are none."""
        names = html.library_images(body)
        return list(self.filter(name__in=names).shown()) if names else []

    def unused(self):
        """Pictures that nothing shows; everything that shows one protects it."""
        shown = [relation.field.model.objects.filter(**{relation.field.name: models.OuterRef("pk")})
            for relation in self.model._meta.related_objects]  # fmt: skip
        return self.filter(*(~models.Exists(rows) for rows in shown))


class Picture(Searchable):
    """A picture of the library. Its files bear a random 128-bit name, so that nobody guesses the picture of a draft."""

    name = models.CharField(max_length=32, unique=True, editable=False)
    width = models.PositiveIntegerField(_("width"), editable=False)
    height = models.PositiveIntegerField(_("height"), editable=False)
    size = models.PositiveBigIntegerField(_("size"), editable=False)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    alt = LineField(
        _("what the picture shows"), max_length=300, blank=True, help_text=_("Read aloud to those who cannot see it.")
    )
    is_decorative = models.BooleanField(
        _("only decoration"), default=False, help_text=_("It says nothing; readers who do not see it miss nothing.")
    )
    caption = LineField(_("caption"), max_length=300, blank=True, help_text=_("Shown where no other caption is given."))
    credit = LineField(_("credit"), max_length=200, blank=True, help_text=_("Who took or drew it."))
    focal_x = models.PositiveSmallIntegerField(
        _("main point, from the left (%)"), default=50, validators=[MaxValueValidator(100)]
    )
    focal_y = models.PositiveSmallIntegerField(
        _("main point, from the top (%)"), default=50, validators=[MaxValueValidator(100)]
    )
    uploaded_at = models.DateTimeField(_("uploaded at"), default=timezone.now, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("uploaded by"),
    )

    objects = PictureQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(name__regex="^[0-9a-f]{32}$"), name="picture_named_by_chance"),
            models.CheckConstraint(
                condition=Q(is_decorative=True, alt="") | Q(is_decorative=False) & ~Q(alt=""),
                name="picture_described_or_decorative",
            ),
            models.CheckConstraint(
                condition=Q(focal_x__lte=100, focal_y__lte=100, width__gt=0, height__gt=0), name="picture_measures"
            ),
        ]

    def __str__(self):
        day = date_format(timezone.localtime(self.uploaded_at), "SHORT_DATE_FORMAT")
        return self.alt or self.caption or _now("Decoration of %(day)s") % {"day": day}

    def clean(self):
        if self.alt and self.is_decorative:
            raise ValidationError(
                {"alt": _("A decoration needs no words: leave them out, or untick “only decoration”.")}
            )
        if not self.alt and not self.is_decorative:
            raise ValidationError({"alt": _("Say what the picture shows, or tick “only decoration”.")})

    def searched_texts(self):
        return [self.alt, self.caption], [self.credit]

    @property
    def widths(self):
        """The narrower widths in which it is kept."""
        return images.narrower(self.width)

    @property
    def files(self):
        """Paths of all its files in the media store."""
        return [file_name(self.name, width) for width in (None, *self.widths)]

    def at_least(self, width):
        """Address of its smallest file that is `width` pixels wide, or of the whole picture."""
        return default_storage.url(file_name(self.name, min((w for w in self.widths if w >= width), default=None)))

    @property
    def url(self):
        return default_storage.url(file_name(self.name))

    @property
    def small_url(self):
        return self.at_least(400)

    @property
    def large_url(self):
        return self.at_least(1200)

    @property
    def shared_url(self):
        """Address of the picture at `large_url` as a JPEG, which is made when it is asked for."""
        return default_storage.url(f"{FOLDER}/{self.name}.jpg")

    @property
    def large_size(self):
        """(width, height) of the file at `large_url`."""
        width = min((w for w in self.widths if w >= 1200), default=self.width)
        return width, max(1, round(self.height * width / self.width))

    @property
    def srcset(self):
        narrow = [f"{default_storage.url(file_name(self.name, width))} {width}w" for width in self.widths]
        return ", ".join([*narrow, f"{self.url} {self.width}w"])

    @property
    def focus(self):
        """CSS classes that keep the main point in view where the picture is cut; "" for the middle."""
        near = {axis: round(value / 25) * 25 for axis, value in (("x", self.focal_x), ("y", self.focal_y))}
        return " ".join(f"focus-{axis}{value}" for axis, value in near.items() if value != 50)

    def uses(self):
        """[(what shows it, in which way)]: articles, pages, whatever refers to a picture."""
        return [
            (getattr(row, "holder", row), relation.field.verbose_name)
            for relation in sorted(self._meta.related_objects, key=lambda relation: relation.name)
            for row in relation.field.model.objects.filter(**{relation.field.name: self}).order_by("pk")
        ]

    def is_public(self):
        """Whether an article or a page that citizens can read shows it."""
        holders = [thing for thing, _how in self.uses() if hasattr(type(thing).objects, "public")]
        return any(type(thing).objects.public().filter(pk=thing.pk).exists() for thing in holders)


class ArticlePicture(models.Model):
    """A picture in the text of an article. A trigger keeps these rows: see migration 0030."""

    pk = models.CompositePrimaryKey("article_id", "picture_id")
    article = models.ForeignKey("news.Article", models.CASCADE, related_name="body_pictures", editable=False)
    picture = models.ForeignKey(
        Picture, models.PROTECT, related_name="in_articles", verbose_name=_("in the text"), editable=False
    )

    class Meta:
        verbose_name = _("picture in an article")
        verbose_name_plural = _("pictures in articles")

    def __str__(self):
        return str(self.article)

    @property
    def holder(self):
        return self.article

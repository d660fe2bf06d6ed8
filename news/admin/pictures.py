"""The library of pictures: its pages in the admin, and the addresses that the editor's dialogue asks."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models.deletion import ProtectedError
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from news import media
from news.forms import DescriptionForm, UploadForm
from news.models import Picture
from portal.lib import uploads
from portal.lib.desk import Desk, TitleSearch

PER_PAGE = 24


class InUse(admin.SimpleListFilter):
    title = gettext_lazy("use")
    parameter_name = "used"

    def lookups(self, request, model_admin):
        return [("yes", _("shown somewhere")), ("no", _("shown nowhere"))]

    def queryset(self, request, queryset):
        unused = Picture.objects.unused().values("pk")
        return {"yes": queryset.exclude(pk__in=unused), "no": queryset.filter(pk__in=unused)}.get(
            self.value(), queryset
        )


@admin.register(Picture)
class PictureAdmin(TitleSearch, Desk):
    list_display = ["thumb", "described", "credit", "uploaded_at"]
    list_display_links = ["described"]
    list_filter = [InUse, "is_decorative", "uploaded_at"]
    list_per_page = 50
    ordering = ["-pk"]
    readonly_fields = ["preview", "measures", "used_by", "uploaded_at", "uploaded_by"]
    description = ["alt", "is_decorative", "caption", "credit", ("focal_x", "focal_y")]

    class Media:
        js = ["js/pictures.js"]

    def get_form(self, request, obj=None, **kwargs):
        return super().get_form(request, obj, **{"form": DescriptionForm if obj else UploadForm, **kwargs})

    def get_fieldsets(self, request, obj=None):
        if obj is None:
            return [(None, {"fields": ["upload", *self.description]})]
        return [
            (None, {"fields": ["preview", *self.description]}),
            (_("Use"), {"fields": ["used_by", "measures", "uploaded_at", "uploaded_by"]}),
        ]

    # --- What the list and the form show --------------------------------------------------------------------------
    @admin.display(description=gettext_lazy("picture"))
    def thumb(self, picture):
        return format_html('<img class="thumb" src="{}" alt="" loading="lazy">', picture.small_url)

    @admin.display(description=gettext_lazy("what the picture shows"), ordering="title_words")
    def described(self, picture):
        return str(picture)

    @admin.display(description=gettext_lazy("measures"))
    def measures(self, picture):
        return f"{picture.width} × {picture.height}, {filesizeformat(picture.size)}"

    @admin.display(description=gettext_lazy("picture"))
    def preview(self, picture):
        return format_html('<img class="preview" data-focal src="{}" alt="{}">', picture.at_least(800), picture.alt)

    @admin.display(description=gettext_lazy("shown by"))
    def used_by(self, picture):
        lines = [(address_of(thing), kind(thing), thing, how) for thing, how in picture.uses()]
        listed = format_html_join("", '<li><a href="{}">{}: {}</a> ({})</li>', lines)
        return format_html('<ul class="uses">{}</ul>', listed) if lines else _("nothing yet")

    def has_change_permission(self, request, obj=None):
        """What citizens read beside a picture is changed by who may change articles, not by their authors alone."""
        if not super().has_change_permission(request, obj):
            return False
        return obj is None or request.user.has_perm("news.change_article") or not obj.is_public()

    # --- Writing --------------------------------------------------------------------------------------------------
    def save_model(self, request, picture, form, change):
        said = {name: form.cleaned_data[name] for name in media.DESCRIBED}
        if change:
            media.describe(picture, by=request.user, **said)
            return
        stored, is_new = media.store(form.cleaned_data["upload"], by=request.user, **said)
        picture.pk, picture._state.adding = stored.pk, False
        picture.refresh_from_db()
        if not is_new:
            messages.info(request, _("The library has this picture already; it was not stored again."))

    def log_addition(self, request, obj, message):
        """`media` has written it down."""

    log_change = log_addition

    def delete_model(self, request, picture):
        media.delete(picture)

    def delete_queryset(self, request, queryset):
        for picture in queryset:
            media.delete(picture)

    def delete_view(self, request, object_id, extra_context=None):
        try:
            return super().delete_view(request, object_id, extra_context)
        except ProtectedError:
            messages.error(request, _("In this moment somebody began to use the picture; it stays."))
            return redirect("admin:news_picture_change", object_id)

    # --- For the dialogue -----------------------------------------------------------------------------------------
    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("kho/", view(require_GET(self.library_view)), name="news_picture_library"),
            path("kho/tai-len/", view(require_POST(self.upload_view)), name="news_picture_upload"),
            path("kho/<int:pk>/", view(require_POST(self.describe_view)), name="news_picture_describe"),
            *super().get_urls(),
        ]

    def may_browse(self, request):
        rights = (
            "news.view_picture",
            "news.add_picture",
            "news.change_picture",
            "news.add_article",
            "news.change_article",
        )
        return any(map(request.user.has_perm, rights))

    def library_view(self, request):
        """A page of the library as JSON: ?q= words, ?page= number, ?name= the one picture whose file bears it."""
        if not self.may_browse(request):
            raise PermissionDenied
        found, _distinct = self.get_search_results(request, Picture.objects.shown(), request.GET.get("q", "")[:200])
        if name := request.GET.get("name"):
            found = found.filter(name=name)
        page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
        may = {"add": self.has_add_permission(request), "change": self.has_change_permission(request)}
        return answer(
            {"pictures": [*map(as_json, page)], "page": page.number, "pages": page.paginator.num_pages, "may": may}
        )

    def upload_view(self, request):
        """Stores the picture that was sent; 422 with sentences when it is refused."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return refused(form)
        said = {name: form.cleaned_data[name] for name in media.DESCRIBED}
        try:
            picture, is_new = media.store(form.cleaned_data["upload"], by=request.user, **said)
        except OSError as error:
            if not uploads.is_full(error):
                raise
            return answer({"errors": [str(uploads.DISK_IS_FULL)]}, status=422)
        return answer({"picture": as_json(picture), "is_new": is_new}, status=201 if is_new else 200)

    def describe_view(self, request, pk):
        """Changes what is said of a picture; 422 with sentences when it is refused."""
        picture = get_object_or_404(Picture, pk=pk)
        if not self.has_change_permission(request, picture):
            raise PermissionDenied
        form = DescriptionForm(request.POST, instance=picture)
        if not form.is_valid():
            return refused(form)
        picture = media.describe(picture, by=request.user, **form.cleaned_data)
        return answer({"picture": as_json(picture), "is_new": False})


def answer(content, status=200):
    response = JsonResponse(content, status=status)
    response["Cache-Control"] = "no-store"
    return response


def refused(form):
    labels = {name: str(field.label) for name, field in form.fields.items()}
    errors = [
        f"{labels.get(name, '')}: {error}".removeprefix(": ")
        for name, errors in form.errors.items()
        for error in errors
    ]
    return answer({"errors": errors}, status=422)


def as_json(picture):
    """What the dialogue knows of a picture."""
    said = {name: getattr(picture, name) for name in media.DESCRIBED}
    shown = {"id": picture.pk, "url": picture.url, "small": picture.small_url, "large": picture.at_least(800)}
    return {**shown, **said, "name": str(picture), "width": picture.width, "height": picture.height}


def address_of(thing):
    return reverse(f"admin:{thing._meta.app_label}_{thing._meta.model_name}_change", args=[thing.pk])


def kind(thing):
    return str(thing._meta.verbose_name).capitalize()

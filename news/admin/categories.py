"""Categories for editors: moved and merged with all that belongs to them, renamed without losing an address."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import ValidationError
from django.db.models import ProtectedError
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from news import addressing
from news.models import Category
from portal.lib import text
from portal.lib.desk import Desk, FoldedSearch, OutlineChoiceField, Tree


class CategoryForm(forms.ModelForm):
    """A former address of another category is taken only by who says so."""

    take_over = forms.BooleanField(
        label=gettext_lazy("Take this address over"), required=False, widget=forms.HiddenInput
    )

    def clean(self):
        cleaned = super().clean()
        slug = cleaned.get("slug") or text.slug(cleaned.get("name", ""))
        old = addressing.taken_from(slug, self.instance) if slug else None
        if old and not cleaned.get("take_over"):
            self.fields["take_over"].widget = forms.CheckboxInput()
            refusal = _(
                "/tin-tuc/%(slug)s/ leads readers of former links to “%(category)s”. Choose another address, "
                "or tick “%(tick)s”: then those links lead here."
            )
            said = {"slug": slug, "category": old.category, "tick": self.fields["take_over"].label}
            self.add_error("slug", refusal % said)
        self.freed = slug if old else ""
        return cleaned


class TargetForm(forms.Form):
    target = OutlineChoiceField(Category.objects.all(), label=gettext_lazy("Category"))


class MoveForm(forms.Form):
    target = OutlineChoiceField(
        Category.objects.all(), label=gettext_lazy("Below"), required=False, empty_label=gettext_lazy("— top level —")
    )


@admin.register(Category)
class CategoryAdmin(Tree, FoldedSearch, Desk):
    form = CategoryForm
    list_display = ["indented", "is_on_home", "order"]
    list_editable = ["is_on_home", "order"]
    search_fields = ["name"]
    fields = ["name", "parent", "description", "is_on_home", "order", "slug", "take_over", "former_addresses", "groups"]
    filter_horizontal = ["groups"]
    readonly_fields = ["former_addresses"]
    actions = ["move_selected", "merge_selected"]
    instead_of_deleting = gettext_lazy(
        "To give up a category, merge it into another one: choose it in the list, then “Merge into another category”. "
        "Its addresses go on working."
    )

    @admin.display(description=gettext_lazy("former addresses"))
    def former_addresses(self, category):
        return ", ".join(map(str, category.old_addresses.all())) if category.pk else "—"

    def save_model(self, request, category, form, change):
        if getattr(form, "freed", ""):
            addressing.take_over(form.freed, by=request.user)
        super().save_model(request, category, form, change)

    @admin.action(description=gettext_lazy("Move below another category"), permissions=["change"])
    def move_selected(self, request, queryset):
        def move(target):
            addressing.move(list(queryset), target, by=request.user)

        return self._ask(request, queryset, MoveForm, move, _("Move categories"))

    @admin.action(description=gettext_lazy("Merge into another category"), permissions=["delete"])
    def merge_selected(self, request, queryset):
        def merge(target):
            for category in queryset:
                addressing.merge(category, target, by=request.user)

        return self._ask(request, queryset, TargetForm, merge, _("Merge categories"))

    def _ask(self, request, queryset, form_class, act, title):
        """The page that asks where to; when it has been answered, `act` and back to the list."""
        is_answer = "apply" in request.POST
        form = form_class(request.POST if is_answer else None)
        if is_answer and form.is_valid():
            n = queryset.count()
            try:
                act(form.cleaned_data["target"])
            except ValidationError as refusal:
                form.add_error("target", refusal)
            except ProtectedError:
                form.add_error("target", _("Something was added meanwhile. Please try again."))
            else:
                messages.success(request, _("Done: %(n)d. All former addresses go on working.") % {"n": n})
                return None
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "form": form,
            "action": request.POST["action"],
            "checkbox": ACTION_CHECKBOX_NAME,
            "moved": [(category, list(self._belongings(category))) for category in queryset],
            "is_merger": form_class is TargetForm,
        }
        return TemplateResponse(request, "admin/news/category/move.html", context)

    @staticmethod
    def _belongings(category):
        """What stands under a category, in words: "12 bài viết"."""
        for model, n in addressing.used_by(category):
            yield f"{n} {model._meta.verbose_name if n == 1 else model._meta.verbose_name_plural}"

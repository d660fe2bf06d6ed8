"""Counts for those who report them: what was counted is read, what came before is told, mistakes are corrected aloud."""

import re

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.lib import clock
from portal.lib.desk import Desk
from stats.models import ROBOT, VISIT, Adjustment, DailyCount, OpeningBalance

ARTICLE = re.compile(r"^article:([1-9][0-9]{0,17})$")


def spoken(key):
    """A count key in words; what belongs to an article leads to it."""
    if found := ARTICLE.match(key):
        address = reverse("admin:news_article_change", args=[found[1]])
        return format_html('<a href="{}">{}</a>', address, _("views of article %(pk)s") % {"pk": found[1]})
    return {VISIT: _("visits"), ROBOT: _("robots (not counted as visits)")}.get(key, key)


class KindFilter(admin.SimpleListFilter):
    title = gettext_lazy("what")
    parameter_name = "loai"

    def lookups(self, request, model_admin):
        return [(VISIT, _("visits")), ("article", _("views of articles")), (ROBOT, _("robots"))]

    def queryset(self, request, queryset):
        if self.value() == "article":
            return queryset.filter(key__startswith="article:")
        return queryset.filter(key=self.value()) if self.value() else queryset


class Kept:
    """Mixin: what stands here is neither changed nor deleted."""

    actions = None
    list_display_links = None
    show_full_result_count = False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class Worded:
    """Mixin of what carries a count key."""

    @admin.display(description=gettext_lazy("what"), ordering="key")
    def what(self, row):
        return spoken(row.key)


@admin.register(DailyCount)
class DailyCountAdmin(Kept, Worded, Desk):
    list_display = ["day", "what", "count"]
    list_filter = [KindFilter]
    date_hierarchy = "day"

    def has_add_permission(self, request):
        return False

    @admin.display(description=gettext_lazy("count"), ordering="n")
    def count(self, row):
        return row.n


class CountForm(forms.ModelForm):
    def clean_key(self):
        key = self.cleaned_data["key"]
        if key != VISIT and not ARTICLE.match(key):
            raise ValidationError(_("Write “visit” or “article:” and the number of the article."))
        return key


# A number field of the browser refuses the dots of "14.817.597".
DOTTED = forms.TextInput(attrs={"inputmode": "numeric", "class": "number"})
KEY_HELP = gettext_lazy("“visit” for the visits of the whole portal; “article:42” for the views of article number 42.")


class AdjustmentForm(CountForm):
    class Meta:
        model = Adjustment
        fields = ["day", "key", "n", "reason"]
        localized_fields = ["n"]
        widgets = {"n": forms.TextInput(attrs={"class": "number"})}
        labels = {"n": gettext_lazy("count")}
        help_texts = {
            "key": KEY_HELP,
            "reason": gettext_lazy("Citizens can read it on the page of the visitor statistics."),
        }

    def clean_day(self):
        if self.cleaned_data["day"] > clock.local_day():
            raise ValidationError(_("This day is still to come."))
        return self.cleaned_data["day"]

    def clean_n(self):
        if self.cleaned_data["n"] == 0:
            raise ValidationError(_("A correction of 0 corrects nothing."))
        return self.cleaned_data["n"]


@admin.register(Adjustment)
class AdjustmentAdmin(Kept, Worded, Desk):
    """Corrections are added, with a reason, under the name of whoever makes them, and then stay as they are."""

    form = AdjustmentForm
    list_display = ["day", "what", "count", "reason", "made_by", "made_at"]
    list_select_related = ["made_by"]
    date_hierarchy = "day"

    def save_model(self, request, adjustment, form, change):
        adjustment.made_by = request.user
        super().save_model(request, adjustment, form, change)

    @admin.display(description=gettext_lazy("count"), ordering="n")
    def count(self, row):
        return row.n


class OpeningBalanceForm(CountForm):
    class Meta:
        model = OpeningBalance
        fields = ["key", "as_of", "source", "total", "year", "month", "week"]
        localized_fields = ["total", "year", "month", "week"]
        widgets = dict.fromkeys(localized_fields, DOTTED)
        help_texts = {
            "key": KEY_HELP,
            "as_of": gettext_lazy("The day on which the old counter was read, day/month/year."),
            "source": gettext_lazy("Where the numbers come from, e.g. the address of the old portal and who read it."),
            "total": gettext_lazy(
                "All that the old counter had counted. It is added to what this portal counts itself."
            ),
            "year": gettext_lazy("Of the total, what belongs to the calendar year of that day."),
            "month": gettext_lazy("Of the total, what belongs to the calendar month of that day."),
            "week": gettext_lazy("Of the total, what belongs to the week (from Monday) of that day."),
        }

    def clean(self):
        cleaned = super().clean()
        for part, whole in (("year", "total"), ("month", "year"), ("week", "total")):
            if part in cleaned and whole in cleaned and cleaned[part] > cleaned[whole]:
                self.add_error(part, _("A part cannot be larger than the whole it belongs to."))
        return cleaned


@admin.register(OpeningBalance)
class OpeningBalanceAdmin(Worded, Desk):
    form = OpeningBalanceForm
    list_display_links = ["as_of"]
    list_display = ["what", "as_of", "total", "year", "month", "week", "source"]

    def has_delete_permission(self, request, obj=None):
        """Counts never go down: a wrong balance is corrected, not removed."""
        return False

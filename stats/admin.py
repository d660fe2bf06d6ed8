"""Counts for those who report them: daily counts are only read; opening balances say what came before."""

import re

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.lib.desk import Desk
from stats.models import ROBOT, VISIT, DailyCount, OpeningBalance

ARTICLE = re.compile(r"^article:([1-9][0-9]{0,17})$")


def spoken(key):
    """A count key in words."""
    if found := ARTICLE.match(key):
        return _("views of article %(pk)s") % {"pk": found[1]}
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


@admin.register(DailyCount)
class DailyCountAdmin(Desk):
    list_display = ["day", "what", "n"]
    list_filter = [KindFilter]
    list_display_links = None
    date_hierarchy = "day"
    show_full_result_count = False
    actions = None

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description=gettext_lazy("what"), ordering="key")
    def what(self, count):
        if found := ARTICLE.match(count.key):
            address = reverse("admin:news_article_change", args=[found[1]])
            return format_html('<a href="{}">{}</a>', address, spoken(count.key))
        return spoken(count.key)


class OpeningBalanceForm(forms.ModelForm):
    class Meta:
        model = OpeningBalance
        fields = ["key", "as_of", "source", "total", "year", "month", "week"]
        localized_fields = ["total", "year", "month", "week"]
        # A number field of the browser refuses the dots of "14.817.597".
        widgets = {name: forms.TextInput(attrs={"inputmode": "numeric", "class": "number"}) for name in localized_fields}
        help_texts = {
            "key": gettext_lazy("“visit” for the visits of the whole portal; “article:42” for the views of article number 42."),
            "as_of": gettext_lazy("The day on which the old counter was read, day/month/year."),
            "source": gettext_lazy("Where the numbers come from, e.g. the address of the old portal and who read it."),
            "total": gettext_lazy("All that the old counter had counted. It is added to what this portal counts itself."),
            "year": gettext_lazy("Of the total, what belongs to the calendar year of that day."),
            "month": gettext_lazy("Of the total, what belongs to the calendar month of that day."),
            "week": gettext_lazy("Of the total, what belongs to the week (from Monday) of that day."),
        }

    def clean_key(self):
        key = self.cleaned_data["key"]
        if key != VISIT and not ARTICLE.match(key):
            raise ValidationError(_("Write “visit” or “article:” and the number of the article."))
        return key

    def clean(self):
        cleaned = super().clean()
        for part, whole in (("year", "total"), ("month", "year"), ("week", "total")):
            if part in cleaned and whole in cleaned and cleaned[part] > cleaned[whole]:
                self.add_error(part, _("A part cannot be larger than the whole it belongs to."))
        return cleaned


@admin.register(OpeningBalance)
class OpeningBalanceAdmin(Desk):
    form = OpeningBalanceForm
    list_display = ["what", "as_of", "total", "year", "month", "week", "source"]

    def has_delete_permission(self, request, obj=None):
        """Counts never go down: a wrong balance is corrected, not removed."""
        return False

    @admin.display(description=gettext_lazy("what"), ordering="key")
    def what(self, balance):
        return spoken(balance.key)

"""What narrows a search down. What cannot be read does not narrow: a link that somebody has cut off still finds."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _

from news.models import Category
from portal.lib import clock, text
from portal.searching import Filters

KINDS = {"bai-viet": "article", "trang": "page", "duong-day-nong": "office"}


class DayInput(forms.DateInput):
    input_type = "date"


class SearchForm(forms.Form):
    q = forms.CharField(required=False, strip=False)
    loai = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[
            ("", _("Everything")),
            ("bai-viet", _("News")),
            ("trang", _("Pages")),
            ("duong-day-nong", _("Offices and hotlines")),
        ],
    )
    chuyen_muc = forms.ChoiceField(label=_("Category"), required=False)
    thoi_gian = forms.ChoiceField(
        label=_("Time"),
        required=False,
        choices=[
            ("", _("Any time")),
            ("thang", _("The last month")),
            ("nam", _("The last year")),
            ("khoang", _("From … to …")),
        ],
    )
    tu = forms.DateField(label=_("From day"), required=False, widget=DayInput(format="%Y-%m-%d"))
    den = forms.DateField(label=_("To day"), required=False, widget=DayInput(format="%Y-%m-%d"))

    def __init__(self, data):
        super().__init__(data, auto_id="loc-%s")
        tree = Category.tree().values()
        ordered = sorted(tree, key=lambda one: [(above.order, text.sort_key(above.name)) for above in one.path])
        indented = [(one.slug, "\u2003" * (len(one.path) - 1) + one.name) for one in ordered]
        self.fields["chuyen_muc"].choices = [("", _("All categories")), *indented]
        self.is_valid()

    def add_prefix(self, field_name):
        return field_name.replace("_", "-")  # as addresses write it

    @property
    def query(self) -> str:
        return text.line(self.data.get("q", ""))[:200]

    @property
    def kept(self) -> dict[str, str]:
        """What of the address stays when the page of the results changes."""
        names = [self.add_prefix(name) for name in self.cleaned_data if name != "q" and self.cleaned_data[name]]
        return {"q": self.query} | {name: self.data[name] for name in names}

    @property
    def told(self) -> list[str]:
        """The filters that are in use, in words."""
        chosen = {name: dict(self.fields[name].choices) for name in ("loai", "chuyen_muc", "thoi_gian")}
        words = [str(labels.get(self.cleaned_data.get(name, ""), "")) for name, labels in chosen.items()]
        days = [f"{self.cleaned_data[name]:%d/%m/%Y}" for name in ("tu", "den") if self.cleaned_data.get(name)]
        used = [self.cleaned_data.get(name) not in {None, "", "khoang"} for name in chosen]
        return [word.strip() for word, is_used in zip(words, used, strict=True) if is_used] + [" – ".join(days)] * bool(
            days
        )

    def filters(self, today=None) -> Filters:
        today, told = today or clock.local_day(), self.cleaned_data
        since, until = (day if day and 1900 <= day.year <= 2100 else None for day in map(told.get, ("tu", "den")))
        if days := {"thang": 31, "nam": 366}.get(told.get("thoi_gian", "")):
            since, until = today - timedelta(days=days), None
        return Filters(
            kind=KINDS.get(told.get("loai", "")),
            category=next((one for one in Category.tree().values() if one.slug == told.get("chuyen_muc")), None),
            since=clock.midnight(since) if since else None,
            until=clock.midnight(until + timedelta(days=1)) if until else None,
        )

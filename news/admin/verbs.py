"""What the desk says of a verb: the words of its address, what it asks, what it would do, what it has done."""

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from news import publishing
from news.models import Article
from portal.lib import text
from portal.lib.desk import ZonedDateTime

# The verbs as words of an address.
WORDS = {
    "trinh-duyet": "submit",
    "lay-lai": "take_back",
    "xuat-ban": "publish",
    "tra-lai": "return_to_author",
    "go-bai": "withdraw",
    "sua-bai": "revise",
}
ADDRESS = {name: word for word, name in WORDS.items()}


def reader_state(article, at=None):
    """(code, words) for what citizens see of `article` at this moment."""
    at = at or timezone.now()
    is_published = article.state == Article.State.PUBLISHED
    if is_published and article.published_at and article.published_at > at:
        return "scheduled", _("scheduled")
    if is_published and article.expires_at and article.expires_at <= at:
        return "expired", _("expired")
    return article.state, article.get_state_display()


def when(moment):
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


def person(user):
    return (user.get_full_name() or user.get_username()) if user else "—"


def _to_the_minute(moment):
    return moment and moment.replace(second=0, microsecond=0)


class VerbForm(forms.Form):
    """What a verb asks before it acts; for most nothing. `may_be_alone`: of an approver of their own change, why.

    A revision (`is_revision`) keeps the time of the article that it replaces. `borne`: of a single article, (its
    publication time,); of several each keeps its own.
    """

    at = forms.SplitDateTimeField(
        label=gettext_lazy("Appears at"),
        required=False,
        widget=ZonedDateTime,
        help_text=gettext_lazy("Empty: each at the publication time that it bears, or at once where it bears none."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea(attrs={"rows": 3, "cols": 60})
    )
    is_public = forms.BooleanField(
        label=gettext_lazy("Readers who open the address see this reason too"), required=False
    )

    def __init__(self, name, data=None, *, may_be_alone=False, is_revision=False, borne=()):
        self.borne = borne
        if borne and data is not None and "at_0" not in data:  # a button that asks for no time leaves it as it is
            day, hour = ZonedDateTime().decompress(_to_the_minute(*borne))
            data = data.dict() | {"at_0": f"{day:%d/%m/%Y}" if day else "", "at_1": f"{hour:%H:%M}" if hour else ""}
        super().__init__(data)
        if name != "withdraw":
            del self.fields["is_public"]
        if name != "publish" or is_revision:
            del self.fields["at"]
        elif borne:
            self.fields["at"].initial = _to_the_minute(*borne)
            self.fields["at"].help_text = _("Empty: at once.")
        if publishing.VERBS[name].needs_reason or (name == "publish" and may_be_alone):
            self.fields["reason"].required = publishing.VERBS[name].needs_reason
        else:
            del self.fields["reason"]
        if name == "publish" and may_be_alone:
            self.fields["reason"].help_text = _("You changed this last: to approve it alone say why. It is logged.")

    def clean_at(self):
        at = self.cleaned_data["at"]
        if self.borne and not at:
            return timezone.now()
        if self.borne and at == _to_the_minute(*self.borne):
            return None
        if at and at <= timezone.now():
            raise forms.ValidationError(_("This moment is over. Leave it empty to publish at once."))
        return at

    def clean_reason(self):
        return text.line(self.cleaned_data["reason"])


def effect(name, article):
    """What the verb would do to `article`, in words."""
    if name == "publish":
        if article.replaces_id:
            return _("Takes the place of the article that is online now.")
        if article.published_at and article.published_at > timezone.now():
            return _("Appears by itself at %(when)s, Vietnamese time.") % {"when": when(article.published_at)}
        return _("Readers see it at once.")
    return {
        "submit": _("Waits for approval; nobody changes it until then."),
        "take_back": _("Becomes a draft again."),
        "return_to_author": _("Goes back to its author, who reads the reason."),
        "withdraw": _("Leaves all lists; its address says that it was taken back."),
        "revise": _("Opens a copy to work on; readers keep the article as it is until the copy is approved."),
    }[name]


def outcome(name, article):
    """What was done, as the editor reads it afterwards."""
    words = {"title": article.title, "when": article.published_at and when(article.published_at)}
    if name == "revise":
        revision = _("This is a revision of “%(title)s”; readers keep the old text until the revision is approved.")
        return revision % words
    return {
        "published": _("“%(title)s” is published: citizens can read it now."),
        "scheduled": _("“%(title)s” will appear at %(when)s, Vietnamese time."),
        "expired": _("“%(title)s” is published, but its time is over: citizens do not see it."),
        "withdrawn": _("“%(title)s” is withdrawn: its address now says so."),
        "waiting": _("“%(title)s” waits for approval."),
        "returned": _("“%(title)s” is returned to its author."),
        "draft": _("“%(title)s” is a draft again."),
    }[reader_state(article)[0]] % words

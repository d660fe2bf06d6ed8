"""The way of an article to the readers and back: submitted, returned, published, withdrawn, revised.

Each verb guards first (right, state, category, four eyes, reason), then writes in one transaction, its line of the audit
log with it. What the checker finds stops nobody, but who sends or publishes an article all the same stands by it in that
line. `by` is the person who answers for it; None is the portal itself (importer, demo), which no guard of persons holds.
What is refused raises `Refused` with a sentence for the person.
"""

from collections.abc import Callable
from copy import copy as copied
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from news import correcting
from news.checking.articles import overruled
from news.models import Article, Attachment
from news.rights import may_approve, may_write
from portal.lib import audit

State = Article.State


class Refused(ValidationError):
    """What cannot be done, in a sentence for the person who asked."""


def _may_take_back(user: User, article: Article) -> bool:
    return article.submitted_by_id == user.pk or may_write(user, article)


@dataclass(frozen=True)
class Verb:
    """What a button does: its words, its name in the audit log, from which states it starts, who may press it."""

    label: str | Promise
    said: str
    starts: frozenset[str]
    may: Callable[[User, Article], bool]
    needs_reason: bool = False
    four_eyes: bool = False


_EDITABLE = frozenset({State.DRAFT.value, State.RETURNED.value})
_WAITING = frozenset({State.WAITING.value})
VERBS = {
    "submit": Verb(gettext_lazy("Submit for approval"), gettext_noop("Submitted"), _EDITABLE, may_write),
    "publish": Verb(gettext_lazy("Publish"), gettext_noop("Published"), _WAITING, may_approve, four_eyes=True),
    "return_to_author": Verb(
        gettext_lazy("Return to the author"), gettext_noop("Returned"), _WAITING, may_approve, needs_reason=True
    ),
    "take_back": Verb(gettext_lazy("Take back"), gettext_noop("Taken back"), _WAITING, _may_take_back),
    "withdraw": Verb(
        gettext_lazy("Withdraw"),
        gettext_noop("Withdrawn"),
        frozenset({State.PUBLISHED.value}),
        may_approve,
        needs_reason=True,
    ),
    "revise": Verb(
        gettext_lazy("Revise"),
        gettext_noop("Revision begun"),
        frozenset({State.PUBLISHED.value, State.WITHDRAWN.value}),
        may_write,
    ),
}
ALONE = gettext_noop("Published by its last editor alone")


def guard(name: str, article: Article, *, by: User | None, reason: str = "") -> None:
    """Raises Refused when `by` cannot do the verb `name` with `article` as it stands."""
    verb = VERBS[name]
    if by is not None and not verb.may(by, article):
        raise Refused(_("You have no right to do this with “%(title)s”.") % {"title": article.title})
    if article.state not in verb.starts and not (by is None and name == "publish"):
        words = {"verb": verb.label, "state": article.get_state_display()}
        raise Refused(_("“%(verb)s” is not possible while the article is “%(state)s”.") % words)
    if by is None:
        return
    if verb.four_eyes and article.updated_by_id == by.pk and not (by.is_superuser and reason):
        if by.is_superuser:
            raise Refused(_("You changed this article last. To publish it alone give a reason; it is logged."))
        raise Refused(_("You changed this article last: somebody else must approve it."))
    if verb.needs_reason and not reason:
        raise Refused(_("Please give a reason."))


def can(name: str, article: Article, by: User) -> bool:
    """Whether `by` could do the verb `name` now, with a reason if it needs one."""
    try:
        guard(name, article, by=by, reason="?")
    except Refused:
        return False
    return True


def submit(article: Article, *, by: User | None) -> Article:
    """Sends a draft to those who approve; from now on nobody changes it."""
    with transaction.atomic():
        article = _locked(article)
        guard("submit", article, by=by)
        _check(article)
        fields = {"submitted_at": timezone.now(), "submitted_by": by}
        return _moved(article, "submit", State.WAITING, by, _told(article, by), **fields)


def take_back(article: Article, *, by: User | None) -> Article:
    """Makes a submitted article a draft again, so that its author can go on with it."""
    with transaction.atomic():
        article = _locked(article)
        guard("take_back", article, by=by)
        return _moved(article, "take_back", State.DRAFT, by)


def return_to_author(article: Article, *, by: User | None, reason: str) -> Article:
    """Sends a submitted article back to be changed; the author reads the reason."""
    with transaction.atomic():
        article = _locked(article)
        guard("return_to_author", article, by=by, reason=reason)
        return _moved(article, "return_to_author", State.RETURNED, by, reason=reason)


def publish(article: Article, *, by: User | None = None, at: datetime | None = None, reason: str = "") -> Article:
    """Makes `article` public from `at` on (default: its publication time, now); of a revision, what it replaces.

    Returns the article that citizens read; a revision keeps the time of that one. A superuser may approve what they
    changed last, with a `reason`.
    """
    with transaction.atomic():
        article = _locked(article)
        guard("publish", article, by=by, reason=reason)
        is_alone = by is not None and article.updated_by_id == by.pk
        said = ALONE if is_alone else VERBS["publish"].said
        details: dict[str, Any] = {"before": article.state, "after": State.PUBLISHED.value} | (
            {"reason": reason} if reason else {}
        )
        note, earlier = article.correction_note, copied(article.replaces)
        if article.replaces_id:
            details["revision"] = article.pk
            article = _merged(article)
        article.state, article.reason, article.reason_is_public = State.PUBLISHED, "", False
        article.published_at = (None if earlier else at) or article.published_at or timezone.now()
        article.correction_note = ""
        _check(article)
        _save(article, by)
        audit.record(said, article, by=by, **details, **_told(article, by))
        if earlier and note:
            correcting.correct(article, earlier=earlier, note=note, by=by, at=at)
    return article


def withdraw(article: Article, *, by: User | None = None, reason: str = "", is_public: bool = False) -> Article:
    """Takes a public article back: its address answers 410 from now on, and says `reason` there if it `is_public`."""
    with transaction.atomic():
        article = _locked(article)
        guard("withdraw", article, by=by, reason=reason)
        return _moved(article, "withdraw", State.WITHDRAWN, by, reason=reason, reason_is_public=is_public)


def revise(article: Article, *, by: User | None) -> Article:
    """The revision of an article that citizens know: a copy to work on, while they read on in the article itself.

    There is at most one; who comes second gets the one that is under way.
    """
    with transaction.atomic():
        article = _locked(article)
        guard("revise", article, by=by)
        if under_way := Article.objects.filter(replaces=article).first():
            return under_way
        content = {field.attname: getattr(article, field.attname) for field in _content()}
        copy = Article(**content, replaces=article, created_by=by, updated_by=by)
        _save(copy, by)
        Attachment.objects.bulk_create(_copied(attachment, copy) for attachment in article.attachments.all())
        audit.record(VERBS["revise"].said, article, by=by, revision=copy.pk)
    return copy


def _locked(article: Article) -> Article:
    """The article as the database has it, held until the transaction ends."""
    found = Article.objects.select_for_update(of=("self",)).select_related("category", "replaces").filter(pk=article.pk)
    if not found:
        raise Refused(
            _("“%(title)s” is no longer there: somebody has just approved or deleted it.") % {"title": article}
        )
    return found[0]


def _check(article: Article) -> None:
    try:
        article.clean()
    except ValidationError as fault:
        raise Refused(fault.messages) from fault


def _save(article: Article, by: User | None, **options: Any) -> None:
    """Saves it; the version that this makes is `by`'s."""
    article._history_user = by  # type: ignore[attr-defined]
    article.save(**options)


def _told(article: Article, by: User | None) -> dict[str, Any]:
    """What the log says of the findings that `by` leaves as they are."""
    found = overruled(article) if by else []
    return {"findings": found} if found else {}


def _moved(
    article: Article, name: str, state: State, by: User | None, told: dict[str, Any] | None = None, **fields: Any
) -> Article:
    """Puts `article` into `state` and says so in the log, of a revision in that of the article it replaces."""
    before, article.state = article.state, state
    fields = {"reason": "", "reason_is_public": False} | fields
    for field, value in fields.items():
        setattr(article, field, value)
    _save(article, by, update_fields=["state", *fields])
    details: dict[str, Any] = {"before": before, "after": state.value} | (
        {"reason": article.reason} if article.reason else {}
    )
    details |= told or {}
    if article.replaces:
        details["revision"] = article.pk
    audit.record(VERBS[name].said, article.replaces or article, by=by, **details)
    return article


def _content():
    """The fields that an editor writes; all others tell how the article got where it is."""
    return [field for field in Article._meta.concrete_fields if field.editable and not field.primary_key]


def _copied(attachment: Attachment, article: Article) -> Attachment:
    attachment.pk, attachment.article = None, article
    attachment._state.adding = True
    return attachment


def _merged(copy: Article) -> Article:
    """The article that `copy` replaces, with its content and its files; the copy is no more."""
    original = Article.objects.select_for_update(of=("self",)).get(revision=copy)
    for field in _content():
        value = getattr(copy, field.attname)
        if value != getattr(original, field.attname):
            setattr(original, field.attname, value)
    original.updated_by = copy.updated_by
    # A file that stays keeps its row, because its address is in letters and bookmarks.
    known = {attachment.file.name: attachment for attachment in original.attachments.all()}
    for attachment in copy.attachments.all():
        same = known.pop(attachment.file.name, None)
        values = {"title": attachment.title, "order": attachment.order}
        Attachment.objects.filter(pk=(same or attachment).pk).update(article=original, **values)
    for attachment in known.values():
        attachment.delete()
    copy.delete()
    return original

"""What tests of the admin share: signing in, addresses, what a browser sends, what a refused form says."""

from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from portal.lib import unlost


def sign_in(*permissions):
    """The browser of a new member of staff with just these permissions ("news.add_article", …)."""
    user = User.objects.create_user("nhanvien", password="mat-khau-dai", is_staff=True)
    for permission in permissions:
        app, codename = permission.split(".")
        user.user_permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    client = Client()
    client.force_login(user)
    return client


def page_of(thing, name="change"):
    """Address of the form of `thing`, or of its "delete" or "history"."""
    return reverse(f"admin:{thing._meta.app_label}_{thing._meta.model_name}_{name}", args=[thing.pk])


def inline(prefix, *rows, initial=0):
    """What the browser sends for an inline: its management form and `rows`."""
    data = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    return data | {f"{prefix}-{i}-{name}": value for i, row in enumerate(rows) for name, value in row.items()}


def stamped(thing, **fields):
    """`fields` as from a form of `thing` that was opened just now."""
    return {unlost.OPENED: unlost.stamp(type(thing), thing.pk)} | fields


def said(response):
    """All errors that a refused form shows."""
    groups = response.context["errors"] if response.context and "errors" in response.context else []
    return [str(error) for group in groups for error in ([group] if isinstance(group, str) else group)]

"""The files of an article, inside its form."""

from django.contrib.admin.widgets import AdminFileWidget
from django.db import models

from news.models import Attachment
from news.rights import may_write
from portal.lib.desk import Rows


class _Link:
    """What the widget prints of a stored file."""

    def __init__(self, attachment):
        self.url, self.title = attachment.get_absolute_url(), str(attachment)

    def __str__(self):
        return self.title


class StoredFile(AdminFileWidget):
    """Leads to the stored file through the view that knows who may have it."""

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        if self.is_initial(value):
            context["widget"]["value"] = _Link(value.instance)
        return context


class AttachmentInline(Rows):
    """Who may work on the article may work on its files."""

    model = Attachment
    fields = ["file", "title", "order"]
    extra = 0
    formfield_overrides = {models.FileField: {"widget": StoredFile}}

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("news.view_article") or self.has_change_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        return obj is None or (obj.is_editable and may_write(request.user, obj))

    has_add_permission = has_delete_permission = has_change_permission

"""The files of an article, inside its form."""

from news.models import Attachment
from news.rights import may_write
from portal.lib.desk import Rows


class AttachmentInline(Rows):
    """Who may work on the article may work on its files."""

    model = Attachment
    fields = ["title", "file", "order"]
    extra = 0

    def has_view_permission(self, request, obj=None):
        return request.user.has_perm("news.view_article") or self.has_change_permission(request, obj)

    def has_change_permission(self, request, obj=None):
        return obj is None or (obj.is_editable and may_write(request.user, obj))

    has_add_permission = has_delete_permission = has_change_permission

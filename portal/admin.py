"""What belongs to the whole site: profile, menu, pages, alert band, banners, links; accounts and their rights."""

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop, ngettext
from django_otp.plugins.otp_totp.admin import TOTPDevice  # the admin of which is registered by this import

from portal.accounts import second_step, sessions
from portal.auditing import AuditLineAdmin
from portal.findability import SynonymAdmin  # noqa: F401 - the desk of search is registered by being imported
from portal.lib import audit
from portal.lib.desk import Desk, EmblemField, FoldedSearch, TitleSearch, Tree, Use, WithEditor
from portal.lib.unlost import KeepsText
from portal.lib.versioned import Versioned
from portal.models import Alert, AuditLine, Banner, DistrustedHost, MenuItem, Page, RelatedLink, SiteProfile


@admin.register(SiteProfile)
class SiteProfileAdmin(Desk):
    """One row: the list leads straight to the form, nothing can be added twice or deleted."""

    fieldsets = [
        (_("Authority"), {"fields": ["name", "superior", "title", "description", "emblem", "accent"]}),
        (_("Contact"), {"fields": ["address", "phone", "email"]}),
        (_("Imprint"), {"fields": ["responsible_editor", "licence"]}),
        (_("Dress"), {"fields": ["dress", "dress_until"]}),
        (
            _("In English"),
            {
                "fields": [
                    *("name_en", "superior_en", "title_en", "description_en"),
                    *("address_en", "responsible_editor_en", "licence_en"),
                ]
            },
        ),
    ]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "emblem":
            kwargs["form_class"] = EmblemField
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_add_permission(self, request):
        return super().has_add_permission(request) and not SiteProfile.objects.exists()

    def has_delete_permission(self, request, obj=None):
        return False

    def changelist_view(self, request, extra_context=None):
        profile = SiteProfile.objects.first()
        if profile is not None and self.has_view_or_change_permission(request):
            return redirect("admin:portal_siteprofile_change", profile.pk)
        if profile is None and self.has_add_permission(request):
            return redirect("admin:portal_siteprofile_add")
        return super().changelist_view(request, extra_context)

    def save_model(self, request, profile, form, change):
        profile.pk = 1
        super().save_model(request, profile, form, change)


@admin.register(MenuItem)
class MenuItemAdmin(Tree, FoldedSearch, Desk):
    list_display = ["indented", "leads_to", "is_task", "order"]
    list_editable = ["order"]
    list_filter = ["target", "is_task"]
    list_select_related = ["category", "page", "poll"]
    search_fields = ["label"]
    outlined = ["parent", "category", "page"]
    fieldsets = [
        (None, {"fields": ["label", "label_en", "parent", "order", "is_task"]}),
        (_("Leads to"), {"fields": ["target", "category", "page", "poll", "address"]}),
    ]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "parent":  # the menu has three levels
            kwargs["queryset"] = MenuItem.objects.filter(Q(parent=None) | Q(parent__parent=None))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    @admin.display(description=_("leads to"))
    def leads_to(self, item):
        thing = item.category or item.page or item.poll or item.address
        return f"{item.get_target_display()}: {thing}" if thing else item.get_target_display()


@admin.register(Page)
class PageAdmin(Tree, WithEditor, KeepsText, Versioned, TitleSearch, Desk):
    list_display = ["indented", "address", "is_public", "order", "updated_at"]
    list_editable = ["is_public", "order"]
    list_filter = ["is_public"]
    fieldsets = [
        (_("Content"), {"fields": ["title", "body"]}),
        (_("In English"), {"fields": ["title_en", "body_en"], "classes": ["collapse"]}),
        (_("Place"), {"fields": ["parent", "slug", "order", "is_public"]}),
    ]

    def form_context(self, request, object_id):
        """Texts in old codes are converted by the newsroom's address, for whoever may write there."""
        may_ask = request.user.has_perm("news.change_article") or request.user.has_perm("news.add_article")
        asked = {"convert_address": reverse("admin:news_article_convert")} if may_ask else {}
        return super().form_context(request, object_id) | asked

    @admin.display(description=_("address"))
    def address(self, page):
        return f"/{page.path}/"


class Shown:
    """Mixin of what is shown from one moment to another."""

    @admin.display(description=_("shown now"), boolean=True)
    def is_shown(self, row, at=None):
        at = at or timezone.now()
        return row.starts_at <= at and (row.ends_at is None or at < row.ends_at)


@admin.register(Alert)
class AlertAdmin(Shown, FoldedSearch, Desk):
    list_display = ["text", "level", "is_shown", "starts_at", "ends_at"]
    list_filter = ["level"]
    search_fields = ["text"]
    fields = ["level", "text", "text_en", "link", "starts_at", "ends_at"]


@admin.register(Banner)
class BannerAdmin(Shown, FoldedSearch, Desk):
    list_display = ["title", "picture", "place", "is_shown", "starts_at", "ends_at", "order"]
    list_editable = ["order"]
    list_filter = ["place"]
    search_fields = ["title", "alt"]
    fields = ["title", "image", "alt", "link", "place", "order", "starts_at", "ends_at"]

    @admin.display(description=_("picture"))
    def picture(self, banner):
        return format_html('<img class="thumb" src="{}" alt="{}">', banner.image.url, banner.alt)


@admin.register(RelatedLink)
class RelatedLinkAdmin(FoldedSearch, Desk):
    list_display = ["title", "url", "order"]
    list_editable = ["order"]
    search_fields = ["title", "title_en", "url"]
    fields = ["title", "title_en", "url", "order"]


RIGHTS_CHANGED = gettext_noop("Rights changed")


@admin.register(DistrustedHost)
class DistrustedHostAdmin(FoldedSearch, Desk):
    """`manage.py check_links` tells which texts and menus still lead there."""

    list_display = ["host", "reason"]
    search_fields = ["host", "reason"]
    fields = ["host", "reason"]


class RightsField(forms.ModelMultipleChoiceField):
    """Permissions in words, "Tin tức | bài viết | sửa"; Django keeps their names in English in the database."""

    VERBS = {"add": _("add"), "change": _("change"), "delete": _("delete"), "view": _("view"), "publish": _("approve")}

    def label_from_instance(self, permission):
        verb = self.VERBS.get(permission.codename.partition("_")[0], permission.name)
        return f"{permission.content_type.app_labeled_name} | {verb}"


class Rights:
    """Mixin of accounts and groups: the rights that can be granted are those over what the admin shows."""

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        if db_field.related_model is Permission:
            kinds = ContentType.objects.get_for_models(*self.admin_site._registry).values()
            kwargs |= {"queryset": Permission.objects.filter(content_type__in=kinds), "form_class": RightsField}
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def save_related(self, request, form, formsets, change):
        """What Django's own line does not tell: which rights there were and which there are."""
        before = self.held(form.instance)
        super().save_related(request, form, formsets, change)
        after = self.held(form.instance)
        if before != after or "is_superuser" in form.changed_data:
            audit.record(RIGHTS_CHANGED, form.instance, by=request.user, before=before, after=after)

    @staticmethod
    def held(thing):
        """Names of the groups and rights of an account, or the rights of a group."""
        if isinstance(thing, Group):
            return [permission.codename for permission in thing.permissions.all()]
        rights = [permission.codename for permission in thing.user_permissions.all()]
        return [group.name for group in thing.groups.order_by("name")] + rights + ["superuser"] * thing.is_superuser


admin.site.register(AuditLine, AuditLineAdmin)
# Whose second step it is, is a matter of their own page; the package's would show the secrets.
admin.site.unregister([User, Group, TOTPDevice])


@admin.register(Group)
class RoleAdmin(Rights, Desk, GroupAdmin):
    """Only administrators decide what a role may do: whoever could would give it to themselves."""

    def has_add_permission(self, request):
        return request.user.is_superuser

    def has_change_permission(self, request, obj=None):
        return request.user.is_superuser

    has_delete_permission = has_change_permission


def is_above(account, user):
    """Whether `account`, active or not, holds a right that `user` lacks."""
    if user.is_superuser or account.is_superuser:
        return not user.is_superuser
    return exceeds(Permission.objects.filter(Q(user=account) | Q(group__user=account)), user)


def exceeds(permissions, user):
    """Whether among `permissions` there is one that `user` lacks."""
    rights = permissions.values_list("content_type__app_label", "codename")
    return not user.has_perms(f"{app}.{codename}" for app, codename in rights)


@admin.register(User)
class AccountAdmin(Rights, Desk, UserAdmin):
    """Who manages accounts gives no more than they have: not to themselves, no superusers, none above them."""

    readonly_fields = ["last_login", "date_joined"]
    actions = ["end_sessions", "drop_second_step"]
    ONLY_SUPERUSERS = {"is_superuser", "user_permissions"}

    def get_fieldsets(self, request, obj=None):
        sections = super().get_fieldsets(request, obj)
        if request.user.is_superuser:
            return sections
        kept_back = self.ONLY_SUPERUSERS | (set() if request.user.has_perm("auth.view_group") else {"groups"})
        return [
            (title, {**section, "fields": [name for name in section["fields"] if name not in kept_back]})
            for title, section in sections
        ]

    def get_readonly_fields(self, request, obj=None):
        fields = super().get_readonly_fields(request, obj)
        is_own = obj is not None and obj.pk == request.user.pk and not request.user.is_superuser
        return [*fields, "groups", "is_staff", "is_active"] if is_own else fields

    def formfield_for_manytomany(self, db_field, request=None, **kwargs):
        if db_field.name == "groups" and not request.user.is_superuser:
            within = [group.pk for group in Group.objects.all() if not exceeds(group.permissions, request.user)]
            kwargs["queryset"] = Group.objects.filter(pk__in=within)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not (obj and is_above(obj, request.user))

    def has_delete_permission(self, request, obj=None):
        """Nobody deletes themselves."""
        may = super().has_delete_permission(request, obj) and self.has_change_permission(request, obj)
        return may and obj != request.user

    def get_deleted_objects(self, objs, request):
        """Who acted stays: the audit log would lose who did what, and the database lets no line of it go."""
        *found, protected = super().get_deleted_objects(objs, request)
        acted = User.objects.filter(pk__in=[user.pk for user in objs], logentry__isnull=False).distinct()
        why = _("“%(account)s” stands in the audit log and cannot be deleted. Untick “Active” in the account instead.")
        told = [(why % {"account": user.get_username()}, "") for user in acted]
        return *found, [*protected, *([Use(str(AuditLine._meta.verbose_name), len(told), told[:10])] if told else [])]

    @admin.action(description=_("Sign the selected accounts out everywhere"), permissions=["change"])
    def end_sessions(self, request, queryset):
        ended = 0
        for account in self._below(request, queryset):
            with transaction.atomic():
                ended += (n := sessions.end_all(account))
                audit.record("Signed out everywhere", account, by=request.user, sessions=n)
        messages.success(request, ngettext("%(n)d session ended.", "%(n)d sessions ended.", ended) % {"n": ended})

    @admin.action(description=_("Remove the second step (telephone lost)"), permissions=["change"])
    def drop_second_step(self, request, queryset):
        for account in self._below(request, queryset):
            second_step.switch_off(account, by=request.user)
            sessions.end_all(account)
        messages.success(request, _("The second step is removed; who needs one is asked at the next sign-in."))

    def _below(self, request, queryset):
        """The accounts of `queryset`, if `request.user` may change every one."""
        for account in queryset:
            if not self.has_change_permission(request, account):
                raise PermissionDenied
        return queryset

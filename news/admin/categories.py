"""Categories for editors."""

from django.contrib import admin

from news.models import Category
from portal.lib.desk import Desk, FoldedSearch, Tree


@admin.register(Category)
class CategoryAdmin(Tree, FoldedSearch, Desk):
    list_display = ["indented", "is_on_home", "order"]
    list_editable = ["is_on_home", "order"]
    search_fields = ["name"]
    fields = ["name", "parent", "description", "is_on_home", "order", "slug", "groups"]
    filter_horizontal = ["groups"]

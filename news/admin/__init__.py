"""The newsroom in the admin; each module registers what it is named for."""

from news.admin import articles, attachments, categories, checking, corrections

__all__ = ["articles", "attachments", "categories", "checking", "corrections"]

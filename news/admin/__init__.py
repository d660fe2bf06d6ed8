"""The newsroom in the admin; each module registers what it is named for."""

from news.admin import articles, attachments, categories, checking, corrections, pictures

__all__ = ["articles", "attachments", "categories", "checking", "corrections", "pictures"]

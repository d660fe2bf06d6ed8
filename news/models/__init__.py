"""The nouns of the newsroom."""

from news.models.articles import Article
from news.models.attachments import Attachment
from news.models.categories import Category
from news.models.files import attachment_path, cover_path, random_name

__all__ = ["Article", "Attachment", "Category", "attachment_path", "cover_path", "random_name"]

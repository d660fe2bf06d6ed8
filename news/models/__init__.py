"""The nouns of the newsroom."""

from news.models.addresses import OldAddress
from news.models.articles import Article
from news.models.attachments import Attachment
from news.models.categories import Category
from news.models.files import attachment_path, cover_path, random_name
from news.models.mistakes import Mistake

__all__ = [
    "Article",
    "Attachment",
    "Category",
    "Mistake",
    "OldAddress",
    "attachment_path",
    "cover_path",
    "random_name",
]

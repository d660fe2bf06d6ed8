"""The nouns of the newsroom."""

from news.models.addresses import OldAddress
from news.models.articles import Article
from news.models.attachments import Attachment
from news.models.categories import Category
from news.models.corrections import Correction
from news.models.files import attachment_path, cover_path, random_name
from news.models.mistakes import Mistake
from news.models.pictures import ArticlePicture, Picture, file_name
from news.models.presence import Presence
from news.models.previews import PreviewLink

__all__ = [
    "Article",
    "ArticlePicture",
    "Attachment",
    "Category",
    "Correction",
    "Mistake",
    "OldAddress",
    "Picture",
    "Presence",
    "PreviewLink",
    "attachment_path",
    "cover_path",
    "file_name",
    "random_name",
]

"""The nouns of the newsroom."""

from news.models.articles import Article
from news.models.attachments import Attachment
from news.models.categories import Category
from news.models.files import attachment_path, cover_path, random_name
from news.models.pictures import ArticlePicture, Picture, file_name

__all__ = [
    "Article",
    "ArticlePicture",
    "Attachment",
    "Category",
    "Picture",
    "attachment_path",
    "cover_path",
    "file_name",
    "random_name",
]

"""Who may work on an article. Permissions say what somebody may do, categories where."""

from django.db.models import Q

from news.models import Article, Category


def may_write(user, article: Article) -> bool:
    """Whether `user` may write this article: their own, or with the right to change articles that of others as well."""
    is_own = article.created_by_id == user.pk and user.has_perm("news.add_article")
    return (is_own or user.has_perm("news.change_article")) and is_open(user, article)


def may_approve(user, article: Article) -> bool:
    """Whether `user` may publish, return and withdraw this article. Who changed it last is another question."""
    return user.has_perm("news.publish_article") and is_open(user, article)


def is_open(user, article: Article) -> bool:
    """Whether the category of `article` is open to `user`; of a revision also that of the article it replaces."""
    places = {article.category_id, article.replaces.category_id if article.replaces else article.category_id}
    return not places & Category.closed_to(user)


def visible_to(user, articles):
    """Those of `articles` that `user` may see on the desk: drafts of others only who may change or approve them."""
    if user.has_perm("news.change_article") or user.has_perm("news.publish_article"):
        return articles
    known_to_citizens = Q(state__in=[Article.State.PUBLISHED, Article.State.WITHDRAWN])
    return articles.filter(Q(created_by=user) | known_to_citizens)

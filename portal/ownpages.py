"""The pages that every portal has, whatever its content: one list for the map of the site, search engines and the search."""

from typing import NamedTuple

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from portal.lib import languages


class OwnPage(NamedTuple):
    """A page with an address in `urls.py`: its name there, its title, what one finds there, what people also call it."""

    view: str
    title: Promise
    about: Promise | str = ""
    also: str = ""  # in Vietnamese, one after another with "|"
    also_en: str = ""

    def url(self, language: str = languages.VIETNAMESE) -> str:
        with override(language):
            return reverse(self.view)

    @property
    def is_in_english(self) -> bool:
        return languages.of_path(self.url(languages.ENGLISH)) == languages.ENGLISH

    def called(self, language: str) -> list[str]:
        """Its names, the first of them its title; the page of a language that it has not bears those of both."""
        told = {languages.VIETNAMESE: self.also, languages.ENGLISH: self.also_en}
        spoken = [language] if self.is_in_english else [languages.VIETNAMESE, languages.ENGLISH]
        names = []
        for one in spoken:
            with override(one):
                names += [str(self.title), *filter(None, told[one].split("|"))]
        return names


ALL = (
    OwnPage("home", _("Home"), also="trang đầu|trang nhất", also_en="home page|front page"),
    OwnPage(
        "hotlines:directory",
        _("Hotlines"),
        _("Telephone numbers of the authority by office, with their purpose and hours."),
        "hotline|số đường dây nóng|số nóng|điện thoại|số điện thoại|số điện thoại đường dây nóng|điện thoại nóng|"
        "số điện thoại khẩn cấp|danh bạ|danh bạ điện thoại|danh bạ đường dây nóng",
        "hotline|telephone|telephone numbers|phone numbers|emergency numbers|directory",
    ),
    OwnPage(
        "hotlines:map",
        _("Digital map"),
        _("Where the offices of the authority are, with address, hours and telephone numbers."),
        "bản đồ|xem bản đồ|bản đồ cơ quan|bản đồ các cơ quan|bản đồ đơn vị|bản đồ trụ sở",
        "map|office map|map of offices",
    ),
    OwnPage(
        "hotlines:officials",
        _("Officials"),
        _("Who leads the authority and its offices, and how to reach them."),
        "cán bộ|danh bạ cán bộ|danh sách cán bộ|liên hệ cán bộ|đầu mối liên hệ|lãnh đạo|danh sách lãnh đạo",
        "officials contacts|contacts of officials|leaders|leadership",
    ),
    OwnPage(
        "news:list",
        _("News"),
        _("News and notices of the authority, the newest first."),
        "tin|tin mới|tin mới nhất|tất cả tin tức",
        "all news|latest news",
    ),
    OwnPage(
        "polls:list",
        _("Polls"),
        _(
            "What you think of the portal and of the authority's services. One vote for each browser; "
            "nobody can see who voted for what."
        ),
        "thăm dò|thăm dò ý kiến|khảo sát|khảo sát ý kiến|lấy ý kiến|bỏ phiếu",
        "poll|vote|survey",
    ),
    OwnPage(
        "polls:answered",
        _("Asked by citizens – now here"),
        _("What citizens looked for on this portal and did not find, in our words, and where it stands now."),
        "dân hỏi|người dân hỏi|đã bổ sung",
        "asked by citizens",
    ),
    OwnPage(
        "search", _("Search"), _("Find news, pages, offices and telephone numbers, with or without accents."), "tìm"
    ),
    OwnPage(
        "stats:statistics",
        _("Visitor statistics"),
        _("How many people read this portal, and how we count them."),
        "thống kê|lượt truy cập|số lượt truy cập|thống kê lượt truy cập|số người truy cập|đang truy cập|truy cập",
        "statistics|visitors|visits",
    ),
    OwnPage("rss", _("RSS feed"), also="rss"),
    OwnPage(
        "site_map",
        _("Site map"),
        _("All pages and categories of this portal at a glance."),
        "sitemap|sơ đồ|sơ đồ cổng|sơ đồ cổng thông tin|sơ đồ cổng thông tin điện tử|sơ đồ website|sơ đồ trang web",
    ),
)

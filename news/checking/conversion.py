"""A text in a code older than Unicode, converted: the editor sees before and after, and decides."""

import re
from html import escape, unescape

from news.checking import language
from portal.lib import codepages, html

_BLOCK = re.compile(r".*?(?:</(?:p|li|h[2-6]|td|th|caption|figcaption|blockquote|pre|dt|dd|div)>|\Z)", re.DOTALL)
_TEXT = re.compile(r"[^<>]+")


def line_converted(plain: str) -> tuple[str, str]:
    """(old code, `plain` in Unicode); "" and `plain` itself where there is no old code."""
    found = [(finding, codepages.old_code(finding.figure)) for finding in language.old_codes(plain)]
    for finding, code in reversed(found):
        if code:
            end = finding.start + len(finding.figure)
            plain = plain[: finding.start] + codepages.converted(finding.figure, code) + plain[end:]
    return next((code for _finding, code in found if code), ""), plain


def body_converted(body: str) -> tuple[str, str]:
    """The same for cleaned HTML. A paragraph is judged as a whole, since its markup may part its words."""
    codes, pieces = [], []
    for block in _BLOCK.findall(body):
        code = codepages.old_code(html.plain(block))
        codes += [code] if code else []
        pieces.append(html.texts_replaced(block, _TEXT, _Converter(code)) if code else block)
    return next(iter(codes), ""), "".join(pieces)


class _Converter:
    """Converts the texts of one paragraph, whose code is known."""

    def __init__(self, code: str):
        self.code = code

    def __call__(self, _is_link: bool, words: re.Match[str]) -> str:
        return escape(codepages.converted(unescape(words[0]), self.code), quote=False)

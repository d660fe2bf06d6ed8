"""Our templates without the blanks at the ends of their lines: they are for who writes them, not for who waits for a page."""

import re

from django.template import Origin
from django.template.loaders import filesystem

_BLANKS = re.compile(r"^[ \t]+|[ \t]+$", re.MULTILINE)


class Loader(filesystem.Loader):
    def get_contents(self, origin: Origin) -> str:
        """The lines stay, so that an error still names the right one."""
        return _BLANKS.sub("", super().get_contents(origin))

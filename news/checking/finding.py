"""What a check has found."""

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Finding:
    """A doubtful `figure` at `start` of the text that was checked; `rule` names the check, `reason` tells a person.

    `place`, `before` and `after` are filled in for an article: which part of it, and the sentence around the figure.
    """

    rule: str
    figure: str
    start: int
    reason: str | Promise
    suggestion: str | Promise = ""
    place: str = ""
    before: str = ""
    after: str = ""

    @property
    def masked(self) -> str:
        """The figure, without what would identify a person."""
        is_personal = self.rule in {"identity", "mobile"}
        return f"{self.figure[:3]}***{self.figure[-3:]}" if is_personal else self.figure

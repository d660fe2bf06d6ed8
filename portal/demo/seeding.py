"""Makes the demo from the JSON files beside this module: creates what is missing, touches nothing that exists."""

import json
import re
import secrets
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from io import BytesIO
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, User
from django.core.files.base import ContentFile
from django.db.models import Q
from django.utils.html import format_html

from hotlines.models import Check, Holiday, Hotline, Office, Official, Succession
from news import correcting, media, publishing
from news.models import Article, Attachment, Category, OldAddress
from polls.models import Ballot, Choice, Option, Poll, Receipt, Wish
from polls.voting import new_receipt
from portal.demo import pictures
from portal.lib import clock, images, text
from portal.models import Alert, Banner, MenuItem, Page, RelatedLink, SiteProfile
from stats.models import VISIT, OpeningBalance

FOLDER = Path(__file__).parent
State = Article.State
SAMPLE = "Bài viết mẫu để trình diễn cổng thông tin; sự việc, ngày tháng và số liệu trong bài là minh họa."
FIGURE = '<figure><img src="{}" alt="{}" width="{}" height="{}"><figcaption>{}</figcaption></figure>'
ARTIST = "Ban biên tập (tranh vẽ)"
_DAY = re.compile(r"\{([+-]?\d+)\}")


def content(name: str):
    """What `<name>.json` of the demo holds."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


class Demo:
    """One run. `jobs` are to be called in order, in one transaction; each says whether it made something new."""

    def __init__(self, now: datetime):
        self.now = now
        self.today = clock.local_day(now)
        self.files: list[str] = []  # names of the files that this run has stored

    def jobs(self) -> list[Callable[[], bool]]:
        site = content("site")
        series = sorted((FOLDER / "articles").glob("*.json"))
        articles = [row for file in series for row in content(f"articles/{file.stem}")]
        return [
            partial(self.profile, site["profile"]),
            partial(self.balance, site["balance"]),
            *(partial(self.account, row) for row in site["accounts"]),
            *(partial(self.category, row) for row in site["categories"]),
            *(partial(self.office, row) for row in content("offices")),
            *(partial(self.official, row) for row in content("officials")),
            *(partial(self.holiday, row) for row in content("holidays")),
            *(partial(self.page, row) for row in content("pages")),
            *(partial(self.poll, row) for row in content("polls")),
            *(partial(self.article, row) for row in articles),
            *(partial(self.link, n, row) for n, row in enumerate(site["links"])),
            *(partial(self.alert, row) for row in site["alerts"]),
            *(partial(self.banner, n, row) for n, row in enumerate(site["banners"])),
            partial(self.menu, site["menu"]),
        ]

    def profile(self, row):
        return SiteProfile.objects.get_or_create(id=1, defaults=row)[1]

    def account(self, row):
        """A member of the newsroom; nobody can sign in with it until an administrator gives it a password."""
        group = row.pop("group")
        unusable = {"is_staff": True, "is_active": False, "password": make_password(None)}
        account, created = User.objects.get_or_create(username=row.pop("username"), defaults=row | unusable)
        if created:
            account.groups.add(Group.objects.get(name=group))
        return created

    def balance(self, row):
        return OpeningBalance.objects.get_or_create(key=VISIT, defaults=row)[1]

    def category(self, row):
        if self._category(row["name"]):
            return False
        parent = row.pop("parent", None)
        former = row.pop("former", None)
        category = Category.objects.create(parent=self._category(parent) if parent else None, **row)
        if former:  # as if it had borne another name before: its old address leads to the one of today
            OldAddress.objects.get_or_create(slug=text.slug(former), defaults={"category": category})
        return True

    @staticmethod
    def _category(name):
        return Category.objects.filter(Q(name=name) | Q(slug=text.slug(name))).first()

    def office(self, row):
        hotlines, parent, heirs = row.pop("hotlines", []), row.pop("parent", None), row.pop("successors", [])
        parent = Office.objects.filter(name=parent).first() if parent else None
        office, created = Office.objects.get_or_create(name=row.pop("name"), defaults={**row, "parent": parent})
        for order, hotline in enumerate(hotlines, start=1):
            purpose = hotline.pop("purpose")
            if not office.hotlines.filter(purpose=purpose).exists():
                self._hotline(Hotline(office=office, purpose=purpose, order=10 * order), **hotline)
                created = True
        for heir in heirs if created else ():
            successor = Office.objects.get(name=heir.pop("name"))
            Succession.objects.get_or_create(former=office, successor=successor, defaults=heir)
        return created

    def _hotline(self, hotline, checked=None, **fields):
        """Saves it; `checked` days ago somebody has called it on trial."""
        for name, value in fields.items():
            setattr(hotline, name, value)
        hotline.checked_on = (
            self.today + timedelta(checked)
            if checked
            else date.fromisoformat(fields["checked_on"])
            if "checked_on" in fields
            else None
        )
        hotline.save()
        if checked:
            at = datetime.combine(hotline.checked_on, time(9), clock.ZONE)
            said = f"{hotline.office} – {hotline}"
            Check.objects.create(hotline=hotline, called=said, at=at, result="answered", note="Lần gọi mẫu.")

    def official(self, row):
        """A made-up person, and the page says so."""
        office = Office.objects.get(name=row.pop("office"))
        return Official.objects.get_or_create(office=office, name=row.pop("name"), defaults=row)[1]

    def holiday(self, row):
        return Holiday.objects.get_or_create(day=row["day"], defaults=row)[1]

    def page(self, row):
        above, _, slug = row.pop("path").rpartition("/")
        parent = Page.objects.filter(path=above).first()
        if Page.objects.filter(parent=parent, slug=slug).exists():
            return False
        bodies = {name: self.body(row.pop(name, ""), self.today) for name in ("body", "body_en")}
        Page.objects.create(parent=parent, slug=slug, **bodies, **row)
        return True

    def poll(self, row):
        poll = Poll.objects.filter(question=row["question"]).first() or Poll(question=row["question"])
        # A page of the old portal may have brought the question alone; without answers nobody can have voted.
        if poll.pk and poll.options.exists():
            return False
        poll.note, poll.is_approved, poll.opens_at = row["note"], True, self.moment(row["opens"])
        poll.closes_at = self.moment(row["closes"]) if "closes" in row else None
        poll.shows_days = row.get("shows_days", False)
        poll.save()
        low = row.get("low", [])
        options = [
            Option.objects.create(poll=poll, text=answer, order=10 * order, is_low=answer in low)
            for order, answer in enumerate(row["answers"], start=1)
        ]
        for option in options:  # after the first ballot no answer can be added
            self._ballots(option, row["answers"][option.text])
        for wish in row.get("wishes", []):
            self._wish(poll, **wish)
        return True

    def _wish(self, poll, came, due, answered=None, office=None, **fields):
        days = {"came_on": self.today + timedelta(came), "due_on": self.today + timedelta(due)}
        days |= {"answered_on": self.today + timedelta(answered)} if answered is not None else {}
        Wish.objects.create(poll=poll, office=Office.objects.filter(name=office).first(), **days, **fields)

    def _ballots(self, option, votes):
        poll = option.poll
        hours = (poll.closes_at - poll.opens_at) // timedelta(hours=1) if votes else 0
        ballots = Ballot.objects.bulk_create(
            Ballot(
                poll=poll,
                round=poll.round,
                voter=secrets.token_bytes(32),
                cast_at=poll.opens_at + timedelta(hours=secrets.randbelow(hours)),
            )
            for _ in range(votes)
        )
        Choice.objects.bulk_create(Choice(poll=poll, ballot=ballot, option=option) for ballot in ballots)
        Receipt.objects.bulk_create(Receipt(poll=poll, round=poll.round, code=new_receipt()) for _ in ballots)

    def article(self, row):
        key = f"demo:{row['key']}"
        if Article.objects.filter(source_key=key).exists():
            return False
        published = self.moment(row["at"])
        article = Article(
            source_key=key,
            title=row["title"],
            lead=self.dated(row["lead"], published.date()),
            body=self.body([*row["body"], f'<p class="note">{row.get("note", SAMPLE)}</p>'], published.date()),
            category=self._category(row["category"]),
            office=Office.objects.filter(name=row["office"]).first(),
            byline=row["office"],
            published_at=published,
            expires_at=self.moment(row["expires"]) if "expires" in row else None,
            is_featured=row.get("is_featured", False),
        )
        if "cover" in row:
            article.cover = self._stored(row["cover"])
        article.save()
        self._attachments(article, row.get("attachments", []))
        self._states(article, row)
        if "correction" in row:
            self._correct(article, **row["correction"])
        return True

    def _correct(self, article, note, at, was, now):
        """The article said `was`, which was corrected to `now`; both are in its versions."""
        Article.objects.filter(pk=article.pk).update(body=article.body.replace(now, was))
        earlier = Article.objects.get(pk=article.pk)
        earlier.save()
        article = Article.objects.get(pk=article.pk)
        article.body = article.body.replace(was, now)
        article.save()
        correcting.correct(article, earlier=earlier, note=note, at=self.moment(at))

    def _attachments(self, article, rows):
        for order, row in enumerate(rows, start=1):
            lines = "".join(f"{self.dated(line, article.published_at.date())}\r\n" for line in row["lines"])
            # Excel and Notepad take a file for UTF-8 only when it begins with this mark.
            file = ContentFile(lines.encode("utf-8-sig"), name=row["name"])
            attachment = Attachment.objects.create(article=article, title=row["title"], file=file, order=10 * order)
            self.files.append(attachment.file.name)

    def _states(self, article, row):
        """Sends `article` on its way as the newsroom would: under the name of its author, decided by the approver."""
        state = row.get("state", State.PUBLISHED)
        self._signed(article, row)
        if state in {State.WAITING, State.RETURNED}:
            self._submitted(article, row)
        if state == State.RETURNED:
            publishing.return_to_author(article, by=None, reason=row["reason"])
        if state in {State.PUBLISHED, State.WITHDRAWN}:
            publishing.publish(article, at=article.published_at or self.now)
        if state == State.WITHDRAWN:
            publishing.withdraw(article, reason=row["reason"], is_public=True)
        if change := row.get("revision"):
            revision = publishing.revise(article, by=None)
            revision.lead = change["lead"]
            revision.save()
            self._signed(revision, change)
            self._submitted(revision, change)

    def _signed(self, article, row):
        author = User.objects.filter(username=row.get("by", "")).first()
        Article.objects.filter(pk=article.pk).update(created_by=author, updated_by=author)

    def _submitted(self, article, row):
        publishing.submit(article, by=None)
        at = self.now - timedelta(hours=row["hours"])
        author = Article.objects.values_list("created_by", flat=True).get(pk=article.pk)
        Article.objects.filter(pk=article.pk).update(submitted_at=at, submitted_by=author)

    def link(self, place, row):
        return RelatedLink.objects.get_or_create(url=row["url"], defaults={**row, "order": 10 * place})[1]

    def alert(self, row):
        defaults = {**row, "starts_at": self.moment(row["starts_at"]), "ends_at": self.moment(row["ends_at"])}
        return Alert.objects.get_or_create(text=row["text"], defaults=defaults)[1]

    def banner(self, place, row):
        if Banner.objects.filter(title=row["title"]).exists():
            return False
        picture = ContentFile(
            pictures.webp(*row.pop("picture"), size=tuple(row.pop("size", (800, 400)))), name="banner.webp"
        )
        banner = Banner.objects.create(image=picture, order=10 * place, starts_at=self.moment("-1 00:00"), **row)
        self.files.append(banner.image.name)
        return True

    def menu(self, rows, parent=None):
        """Items below `parent`; one that exists under the same label, in whatever case, is left as it is."""
        known = {text.fold(item.label): item for item in MenuItem.objects.filter(parent=parent)}
        created = False
        for place, row in enumerate(rows, start=1):
            item = known.get(text.fold(row["label"]))
            if item is None:
                item = MenuItem.objects.create(parent=parent, order=10 * place, **self._target(row))
                created = True
            created |= self.menu(row.get("below", []), item)
        return created

    def _target(self, row):
        fields = {key: row[key] for key in ("label", "label_en", "target", "address") if key in row}
        fields["is_task"] = row.get("task", False)
        if "category" in row:
            fields |= {"target": "category", "category": self._category(row["category"])}
        if "page" in row:
            fields |= {"target": "page", "page": Page.objects.get(path=row["page"])}
        if "poll" in row:
            fields |= {"target": "poll", "poll": Poll.objects.filter(question=row["poll"]).first()}
        return fields

    def body(self, blocks, day):
        """HTML of `blocks`: markup as it is, plain text as a paragraph, {"picture": …} as a figure with its caption."""
        return "\n".join(self._block(block, day) for block in blocks)

    def _block(self, block, day):
        if isinstance(block, dict):
            picture = self._stored(block)
            return format_html(FIGURE, picture.url, picture.alt, picture.width, picture.height, block["caption"])
        block = self.dated(block, day)
        return block if block.startswith("<") else f"<p>{block}</p>"

    def _stored(self, row):
        pixels = images.read(BytesIO(pictures.webp(*row["picture"])))
        picture, is_new = media.store(pixels, alt=row["alt"], caption=row["caption"], credit=ARTIST)
        if is_new:
            self.files += picture.files
        return picture

    def moment(self, when):
        """ "-12 08:30" is twelve days before the first run, "2025-01-23 09:00" itself; Vietnamese time."""
        day, hour = when.split()
        day = self.today + timedelta(int(day)) if day[0] in "+-" else date.fromisoformat(day)
        return datetime.combine(day, time.fromisoformat(hour), clock.ZONE)

    @staticmethod
    def dated(words, day):
        """`words` with "{+3}" replaced by the day that is three days after `day`."""
        return _DAY.sub(lambda match: f"{day + timedelta(int(match[1])):%d/%m/%Y}", words)

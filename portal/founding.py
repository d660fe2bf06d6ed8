"""A new authority's portal from one small file: name, offices, numbers, categories, pages, menu, colour.

`docs/phuong-mau.yaml` shows all that can be said. Everything is checked before anything is written, and all of it is
written in one transaction or nothing is.
"""

from typing import Any

import yaml
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst

from hotlines.models import Hotline, Office
from news.models import Category
from portal.lib import outline, text
from portal.models import MenuItem, Page, RelatedLink, SiteProfile

WHOLE = (
    "ten cap_tren tieu_de gioi_thieu ten_mien mau dia_chi dien_thoai thu_dien_tu chiu_trach_nhiem giay_phep "
    "don_vi chuyen_muc trang thuc_don lien_ket"
)
OFFICE = "ten viet_tat loai thuoc dia_chi gio_truc thu_dien_tu toa_do duong_day"
NUMBER = "viec so may_le gio_truc noi_bat khan_cap ghi_chu"
KINDS = {"uy-ban": "authority", "phong": "division", "phuong": "ward", "dich-vu": "service"}
COLOURS = {"do": "", "xanh-lam": "blue", "xanh-luc": "green", "cham": "indigo"}
PLACES = {"tin-tuc": "news", "duong-day-nong": "hotlines", "ban-do": "map"}


class AlreadyFounded(Exception):
    """This database is somebody's portal."""


class Faulty(Exception):
    """The file cannot be used; `args` are sentences with their lines."""


def read(source: str) -> tuple[outline.Entry, outline.Faults]:
    """The file as an outline. Raises Faulty when it is none."""
    whole, faults = outline.read(source, WHOLE)
    if whole is None:
        raise Faulty(*faults.sentences())
    return whole, faults


def found(source: str, *, is_trial: bool = False) -> dict[str, int]:
    """Makes the portal that the file describes; {what: how many}. Raises Faulty or AlreadyFounded.

    With `is_trial` everything is taken back.
    """
    whole, faults = read(source)
    with transaction.atomic():
        if SiteProfile.objects.exists() or Category.objects.exists():
            raise AlreadyFounded
        made = Founder(faults).make(whole)
        if faults.found:
            raise Faulty(*faults.sentences())
        transaction.set_rollback(is_trial)
    return made


class Founder:
    """One founding: makes rows in order, notes what cannot be made."""

    def __init__(self, faults: outline.Faults) -> None:
        self.faults = faults
        self.made: dict[str, int] = {}
        self.leads: dict[str, dict[str, Any]] = {}  # folded name of a category or page: where a menu item of it leads

    def make(self, whole: outline.Entry) -> dict[str, int]:
        self.profile(whole)
        for what, make in (("don_vi", self.office), ("chuyen_muc", self.category), ("trang", self.page)):
            for order, node in enumerate(whole.items(what), start=1):
                make(node, order * 10)
        for order, node in enumerate(whole.items("thuc_don"), start=1):
            self.menu(node, order * 10)
        for order, node in enumerate(whole.items("lien_ket"), start=1):
            row = outline.Entry(node, self.faults, "ten dia_chi")
            link = RelatedLink(
                title=row.text("ten", needed=True), url=row.text("dia_chi", needed=True), order=order * 10
            )
            self.save(link, row, "liên kết")
        return self.made

    def save(self, row: models.Model, entry: outline.Entry, what: str) -> bool:
        """Saves `row` if it is valid; its faults are those of the entry's line."""
        derived = {field.name for field in row._meta.fields if not field.editable}  # as forms do: `save` sets them
        try:
            if not entry.is_faulty:
                row.full_clean(exclude=derived)
        except ValidationError as refusal:
            for name, sentences in refusal.message_dict.items():
                label = f"{capfirst(str(row._meta.get_field(name).verbose_name))}: " if name != "__all__" else ""
                entry.fault(entry.line, f"{label}{' '.join(sentences)}")
        if entry.is_faulty:
            return False
        row.save()
        self.made[what] = self.made.get(what, 0) + 1
        return True

    def profile(self, whole: outline.Entry) -> None:
        row = SiteProfile(
            pk=1,
            name=whole.text("ten", needed=True),
            superior=whole.text("cap_tren"),
            title=whole.text("tieu_de", "Cổng thông tin điện tử"),
            description=whole.text("gioi_thieu"),
            address=whole.text("dia_chi"),
            phone=whole.text("dien_thoai"),
            email=whole.text("thu_dien_tu"),
            responsible_editor=whole.text("chiu_trach_nhiem"),
            licence=whole.text("giay_phep"),
            accent=whole.choice("mau", COLOURS, ""),
        )
        self.save(row, whole, "cơ quan")

    def office(self, node: yaml.Node, order: int) -> None:
        row = outline.Entry(node, self.faults, OFFICE)
        above = row.text("thuoc")
        parent = Office.objects.filter(name=above).first() if above else None
        if above and parent is None:
            row.fault(row.line_of("thuoc"), f"“thuoc”: chưa có đơn vị tên “{above}” ở phía trên.")
        lat, lng = self.point(row)
        office = Office(
            name=row.text("ten", needed=True),
            abbreviation=row.text("viet_tat"),
            kind=row.choice("loai", KINDS, Office.Kind.DIVISION),
            parent=parent,
            address=row.text("dia_chi"),
            duty=row.text("gio_truc"),
            email=row.text("thu_dien_tu"),
            lat=lat,
            lng=lng,
            order=order,
        )
        is_saved = self.save(office, row, "đơn vị")
        for place, number in enumerate(row.items("duong_day"), start=1):
            self.number(number, office if is_saved else None, place * 10)

    def point(self, row: outline.Entry) -> tuple[str | None, str | None]:
        parts = row.text("toa_do").replace(";", ",").split(",") if row.text("toa_do") else []
        if parts and len(parts) != 2:
            row.fault(row.line_of("toa_do"), "“toa_do” là vĩ độ, kinh độ, ví dụ 21.00306, 105.80194.")
        return (parts[0].strip(), parts[1].strip()) if len(parts) == 2 else (None, None)

    def number(self, node: yaml.Node, office: Office | None, order: int) -> None:
        row = outline.Entry(node, self.faults, NUMBER)
        hotline = Hotline(
            office=office,
            purpose=row.text("viec", needed=True),
            number=row.text("so", needed=True),
            extension=row.text("may_le"),
            duty=row.text("gio_truc"),
            note=row.text("ghi_chu"),
            is_in_box=row.yes("noi_bat", True),
            is_emergency=row.yes("khan_cap"),
            order=order,
        )
        if office is not None:  # else its office is to be mended first
            self.save(hotline, row, "đường dây nóng")

    def category(self, node: yaml.Node, order: int, parent: Category | None = None) -> None:
        row = outline.Entry(node, self.faults, "ten mo_ta trang_chu con")
        category = Category(
            name=row.text("ten", needed=True),
            description=row.text("mo_ta"),
            parent=parent,
            order=order,
            is_on_home=row.yes("trang_chu", parent is None),
        )
        if self.save(category, row, "chuyên mục"):
            self.leads.setdefault(text.fold(category.name), {"target": "category", "category": category})
            for place, below in enumerate(row.items("con"), start=1):
                self.category(below, order + place, category)

    def page(self, node: yaml.Node, order: int, parent: Page | None = None) -> None:
        row = outline.Entry(node, self.faults, "ten noi_dung con")
        body = format_html_join(
            "\n", "<p>{}</p>", ((part,) for part in row.text("noi_dung").split("\n\n") if part.strip())
        )
        page = Page(title=row.text("ten", needed=True), body=format_html("{}", body), parent=parent, order=order)
        if self.save(page, row, "trang"):
            self.leads.setdefault(text.fold(page.title), {"target": "page", "page": page})
            for place, below in enumerate(row.items("con"), start=1):
                self.page(below, order + place, page)

    def menu(self, node: yaml.Node, order: int, parent: MenuItem | None = None) -> None:
        row = outline.Entry(node, self.faults, "ten dan_toi loi_tat con")
        label, where = row.text("ten", needed=True), row.text("dan_toi")
        leads = self.leads_to(where or label, is_said=bool(where))
        if leads is None:
            row.fault(
                row.line_of("dan_toi"),
                f"“dan_toi”: không có chuyên mục hay trang tên “{where}”; cũng nhận {', '.join(PLACES)}, /đường-dẫn, https://…",
            )
            return
        item = MenuItem(label=label, parent=parent, order=order, is_task=row.yes("loi_tat"), **leads)
        if self.save(item, row, "mục thực đơn"):
            for place, below in enumerate(row.items("con"), start=1):
                self.menu(below, place * 10, item)

    def leads_to(self, where: str, *, is_said: bool) -> dict[str, Any] | None:
        """Fields of the menu item: a category or page by its name, a fixed place, an address; else a heading or None."""
        if where in PLACES and is_said:
            return {"target": PLACES[where]}
        if where.startswith(("/", "https://", "http://")):
            return {"target": "address", "address": where}
        return self.leads.get(text.fold(where)) or (None if is_said else {"target": "none"})

"""The digital map: what its list shows and finds without a script, its drawing, its points, its settings."""

import ast
import os
import re
import subprocess
import sys

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from hotlines.maps import drawing, sought_in, wanted
from hotlines.models import Office
from portal.lib import pagecache
from portal.models import Generation
from tests.desk import page_of
from tests.factories import make_hotline, make_office

pytestmark = pytest.mark.django_db


@pytest.fixture
def offices():
    """A committee with a number, two wards, and one office that is not shown to citizens."""
    Generation.objects.get_or_create(id=1)
    committee = make_office(name="UBND Quận", kind="authority", order=1, lat="20.99500", lng="105.80010",
                            address="Số 9 Đường Khương Đình", is_point_exact=True)  # fmt: skip
    make_hotline(office=committee, purpose="Giải quyết TTHC", number="024.38585652")
    nhan = make_office(name="Phường Nhân Chính", kind="ward", order=2, lat="21.00306", lng="105.80194")
    ha = make_office(name="Phường Hạ Đình", kind="ward", order=3, lat="20.99111", lng="105.80278")
    make_office(name="Ban đã ẩn", kind="ward", order=4, lat="20.99", lng="105.81", is_listed=False)
    make_office(name="Phòng không có điểm", order=5)
    return committee, nhan, ha


def seen(response):
    """The names in the list that are not hidden."""
    page = response.content.decode()
    items = re.findall(r"<li data-place=.*?>(?=\s*<section)", page)
    names = re.findall(r'<li data-place="\d+".*?<h2>(?:<span.*?</span>)?([^<]+)', page, re.DOTALL)
    return [name for item, name in zip(items, names, strict=True) if " hidden>" not in item]


def test_the_list_holds_what_the_map_shows(reader, offices, text_of):
    response = reader.get("/ban-do/")
    page = response.content.decode()
    assert seen(response) == ["UBND Quận", "Phường Nhân Chính", "Phường Hạ Đình"]
    assert page.count("tel:+842438585652") == 1
    assert page.count("https://www.openstreetmap.org/directions?to=20.99500,105.80010") == 1
    assert text_of(response).count("vị trí gần đúng") == 2
    assert "3 trong 3 cơ quan" in text_of(response)
    assert "Ban đã ẩn" not in page


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"loai": "ward"}, ["Phường Nhân Chính", "Phường Hạ Đình"]),
        ({"loai": "ward", "q": "ha dinh"}, ["Phường Hạ Đình"]),
        ({"q": "  NHÂN   chinh "}, ["Phường Nhân Chính"]),
        ({"q": "giai quyet tthc"}, ["UBND Quận"]),
        ({"q": "024 3858 5652"}, ["UBND Quận"]),
        ({"q": "(024) 38.585.652"}, ["UBND Quận"]),
        ({"q": "+84 24 3858 5652"}, ["UBND Quận"]),
        ({"q": "duong khuong dinh"}, ["UBND Quận"]),
        ({"q": "ủy ban nhân dân"}, ["UBND Quận"]),
        ({"q": "không có"}, []),
        ({"loai": "service"}, ["UBND Quận", "Phường Nhân Chính", "Phường Hạ Đình"]),
        ({"loai": "<script>"}, ["UBND Quận", "Phường Nhân Chính", "Phường Hạ Đình"]),
        ({"q": "x" * 10_000}, []),
    ],
    ids=str,
)
def test_the_form_finds_without_a_script_and_without_accents(reader, offices, asked, expected):
    response = reader.get("/ban-do/", asked)
    assert (response.status_code, seen(response)) == (200, expected)
    assert len(re.findall(r'<a href="#office-\d+" aria-label="[^"]+">', response.content.decode())) == len(expected)


def test_what_was_asked_stands_in_the_form_and_not_in_an_index(reader, offices):
    page = reader.get("/ban-do/", {"q": '"><b>phường', "loai": "ward"}).content.decode()
    assert 'value="&quot;&gt;&lt;b&gt;phường"' in page
    assert '<option value="ward" selected>' in page
    assert '<meta name="robots" content="noindex">' in page
    assert '<meta name="robots"' not in reader.get("/ban-do/", {"loai": "ward"}).content.decode()


def test_kinds_are_remembered_and_what_somebody_types_is_not(reader, offices, beat):
    beat()
    for asked in (
        {},
        {"loai": "ward"},
        {"loai": "authority"},
        {"loai": "made-up"},
        {"q": "a"},
        {"q": " "},
        {"page": 7},
    ):
        for n in range(3):
            assert reader.get("/ban-do/", {**asked, "utm": n}).status_code == 200
    kept = [key[3] for key in pagecache._memory.pages]
    assert sorted(kept) == [(), (("loai", "authority"),), (("loai", "ward"),)]
    with CaptureQueriesContext(connection) as queries:
        assert len(seen(reader.get("/ban-do/", {"loai": "ward"}))) == 2
        assert len(seen(reader.get("/ban-do/"))) == 3
    assert len(queries) == 0


def test_the_map_asks_the_database_twice_however_many_offices_there_are(reader, offices, django_assert_num_queries):
    reader.get("/tin-tuc/")  # header and footer
    with CaptureQueriesContext(connection) as few:
        reader.get("/ban-do/", {"q": "a"})
    for n in range(20):
        make_hotline(office=make_office(lat="20.9", lng=f"105.{n:02}"), number="1022")
    with django_assert_num_queries(len(few)):
        reader.get("/ban-do/", {"q": "a"})


def test_script_and_server_look_for_the_same_in_the_same(offices):
    committee = Office.objects.with_numbers().get(pk=offices[0].pk)
    assert sought_in(committee) == (
        "ubnd quan uy ban nhan dan so 9 duong khuong dinh giai quyet tthc 024.38585652 +842438585652 02438585652"
    )
    assert wanted("Hoà  Đình") == ["hoa", "dinh"]
    assert wanted("0868 216 873") == ["0868216873"]
    assert wanted("113") == ["113"]


# --- Drawing and points ---------------------------------------------------------------------------------------------
def test_north_is_up_and_east_is_right(offices):
    points = {point["office"].name: point for point in drawing(list(Office.objects.public().on_map()))["points"]}
    assert points["Phường Nhân Chính"]["y"] < points["UBND Quận"]["y"] < points["Phường Hạ Đình"]["y"]
    assert points["UBND Quận"]["x"] < points["Phường Nhân Chính"]["x"] < points["Phường Hạ Đình"]["x"]


def test_a_single_office_and_none_at_all_are_maps_too(reader):
    assert "Chưa có cơ quan nào" in reader.get("/ban-do/").content.decode()
    make_office(name="Phường Duy Nhất", kind="ward", lat="21", lng="105.8")
    assert seen(reader.get("/ban-do/")) == ["Phường Duy Nhất"]


def test_the_points_go_out_as_geojson_longitude_first(reader, offices):
    answer = reader.get("/duong-day-nong/ban-do.geojson")
    assert answer["Content-Type"] == "application/geo+json"
    features = answer.json()["features"]
    assert [feature["properties"]["name"] for feature in features] == [
        "UBND Quận",
        "Phường Nhân Chính",
        "Phường Hạ Đình",
    ]
    assert features[0]["geometry"] == {"type": "Point", "coordinates": [105.8001, 20.995]}


# --- Settings -------------------------------------------------------------------------------------------------------
def test_by_default_the_page_names_no_tiles_and_its_policy_lets_no_foreign_picture_in(reader, offices):
    response = reader.get("/ban-do/")
    assert 'data-tiles=""' in response.content.decode()
    assert "img-src 'self' data:;" in response["Content-Security-Policy"] + ";"


@pytest.mark.parametrize(
    ("tiles", "host"),
    [
        ("https://tiles.mau.vn/{z}/{x}/{y}.png?key=1", ["https://tiles.mau.vn"]),
        ("https://{s}.tiles.mau.vn:8443/{z}/{x}/{y}.png", ["https://*.tiles.mau.vn:8443"]),
        ("/tiles/{z}/{x}/{y}.png", []),
        ("https://tiles.mau.vn; script-src *", ["https://tiles.mau.vn"]),
    ],
)
def test_the_host_of_the_tiles_and_nothing_else_is_let_in(tiles, host):
    ask = "from portal import settings as s; print(s.CONTENT_SECURITY_POLICY['DIRECTIVES']['img-src'])"
    environment = {**os.environ, "MAP_TILES": tiles, "MAP_BOUNDS": "20.9,105.7,21.1,105.9", "DEBUG": "1"}
    told = subprocess.run([sys.executable, "-c", ask], env=environment, capture_output=True, text=True, check=True)
    assert ast.literal_eval(told.stdout) == ["'self'", "data:", *host]


def test_the_settings_reach_the_script_and_the_link_to_a_route_can_be_another_or_none(reader, offices, settings):
    settings.MAP_TILES, settings.MAP_BOUNDS = "https://tiles.mau.vn/{z}/{x}/{y}.png", [20.9, 105.7, 21.1, 105.9]
    settings.MAP_ROUTE = "geo:{lat},{lng}"
    page = reader.get("/ban-do/").content.decode()
    assert 'data-tiles="https://tiles.mau.vn/{z}/{x}/{y}.png"' in page
    assert 'data-bounds="20.9,105.7,21.1,105.9"' in page
    assert 'href="geo:21.00306,105.80194"' in page
    settings.MAP_ROUTE = ""
    assert "Chỉ đường" not in re.sub("<p class=.intro.*?</p>", "", reader.get("/ban-do/").content.decode())


# --- The editor's map -----------------------------------------------------------------------------------------------
def test_the_form_of_an_office_brings_the_map_and_keeps_its_strict_policy(admin_client, offices):
    response = admin_client.get(page_of(offices[0]))
    page = response.content.decode()
    assert 'data-point-map="/duong-day-nong/ban-do.geojson"' in page
    assert 'value="105.80010"' in page
    for file in ("vendor/leaflet/leaflet.js", "js/ground.js", "js/point.js", "css/map.css"):
        assert f"/static/{file}" in page
    assert "unsafe-inline" not in response["Content-Security-Policy"]

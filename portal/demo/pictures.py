"""The pictures of the demo: the same scene, seed and size always give the same file."""

import math
from io import BytesIO
from random import Random

from portal.demo.canvas import FINER, MOODS, WIDTH, Canvas, mixed

SIZE = (1200, 675)


def webp(scene: str, seed: int, size: tuple[int, int] = SIZE) -> bytes:
    """The picture of `scene` (a key of SCENES) as a WebP file; the seed also chooses the mood."""
    canvas = Canvas(size, Random(f"{scene} {seed}"), MOODS[seed % len(MOODS)])
    SCENES[scene](canvas)
    file = BytesIO()
    canvas.image.reduce(FINER).save(file, "WEBP", quality=80, method=4)
    return file.getvalue()


def hills(c):
    c.sky(0.8)
    c.sun(c.rng.uniform(260, 940), c.height * 0.3, 62)
    c.hills(c.height * 0.46, c.height * 0.86)


def lotus(c):
    c.sky(1, [*c.sky_colours[:2], c.things[0], c.things[1]])
    c.sun(c.rng.uniform(200, 1000), c.height * 0.22, 50)
    c.ripples(c.height * 0.45, mixed(c.things[0], c.light, 0.4), 40)
    for n in range(26):
        y = c.height * (0.5 + 0.5 * n / 26)
        r = 46 + 60 * n / 26
        leaf = mixed("#5f8f6c", "#1f5142", c.rng.random())
        x = c.rng.uniform(0, WIDTH)
        c.dot(x, y, r, leaf, r * 0.34)
        c.line([(x, y), (x + r * 0.7, y - r * 0.12)], mixed(leaf, c.light, 0.25), 2)
    for x, y, size in (
        (c.rng.uniform(300, 420), 0.66, 150),
        (c.rng.uniform(700, 860), 0.56, 110),
        (c.rng.uniform(980, 1060), 0.74, 95),
    ):
        _lotus_flower(c, x, c.height * y, size)


def _lotus_flower(c, x, y, size):
    c.line([(x, y), (x + 8, c.height + 10)], "#3d6b52", size * 0.06)
    pink = mixed("#c9435a", c.light, 0.25)
    for angles, reach, share in (
        ((-72, -48, 48, 72), 0.86, 0.0),
        ((-34, 34), 1.0, 0.2),
        ((-16, 16), 1.06, 0.42),
        ((0,), 1.02, 0.6),
    ):
        for angle in angles:
            c.petal(x, y, size * reach, angle, size * 0.3, mixed(pink, c.light, share))
    c.dot(x, y - size * 0.06, size * 0.13, c.gold, size * 0.09)


def roofs(c):
    c.sky()
    c.sun(c.rng.uniform(300, 900), c.height * 0.24, 56)
    c.land(c.ridge(c.height * 0.5, 22), mixed(c.things[0], c.sky_colours[-1], 0.5))
    for row in range(4):
        eaves = c.height * (0.56 + 0.16 * row)
        x = -c.rng.uniform(60, 200)
        while x < WIDTH:
            w = c.rng.uniform(180, 300) * (1 + 0.12 * row)
            shift = c.rng.uniform(-26, 26)
            wall = mixed(c.light, c.things[row], 0.25 + 0.1 * row)
            tiles = mixed(c.things[row], c.accent, 0.35)
            c.box(x + w * 0.08, eaves + shift - 4, w * 0.84, c.height, wall)
            _windows(
                c, x + w * 0.16, eaves + shift + 20, w * 0.68, mixed(c.things[3], c.gold, 0.35 if row % 2 else 0.1)
            )
            c.roof(x, eaves + shift, w, 74 + 10 * row, tiles, mixed(tiles, c.things[3], 0.5))
            x += w * c.rng.uniform(0.92, 1.2)


def _windows(c, x, y, w, colour):
    for n in range(3):
        c.box(x + n * w / 3 + w * 0.06, y, w * 0.2, 46, colour)


def skyline(c):
    c.sky()
    c.sun(c.rng.uniform(200, 1000), c.height * 0.36, 70)
    for row, colour in enumerate(c.things):
        x = -c.rng.uniform(0, 60)
        foot = c.height * (0.78 + 0.06 * row)
        while x < WIDTH:
            w = c.rng.uniform(50, 120)
            h = c.rng.uniform(110, 330) * (1 - 0.17 * row)
            c.box(x, foot - h, w, c.height, colour)
            if row and c.rng.random() < 0.8:
                _lights(c, x, foot - h, w, h, mixed(colour, c.gold, 0.55))
            if c.rng.random() < 0.2:
                c.line([(x + w / 2, foot - h), (x + w / 2, foot - h - 42)], colour, 3)
            x += w + c.rng.uniform(-6, 26)
        c.veil(foot - 120, foot + 40, c.light, 0.16)
    _viaduct(c)


def _lights(c, x, y, w, h, colour):
    for row in range(int(h // 24)):
        for column in range(int(w // 18)):
            if c.rng.random() < 0.45:
                c.box(x + 7 + column * 18, y + 12 + row * 24, 7, 10, colour)


def _viaduct(c):
    deck = c.height * 0.84
    colour = mixed(c.things[3], c.light, 0.3)
    for x in range(40, WIDTH, 190):
        c.box(x, deck, 22, c.height, mixed(colour, c.things[3], 0.3))
    c.box(0, deck, WIDTH, 16, colour)
    start = c.rng.uniform(150, 560)
    for car in range(4):
        c.box(start + car * 118, deck - 40, 112, 38, c.accent)
        c.box(start + car * 118, deck - 12, 112, 5, c.gold)
        for pane in range(4):
            c.box(start + car * 118 + 10 + pane * 26, deck - 32, 17, 14, c.light)


def lanterns(c):
    c.sky(1, [*c.sky_colours, c.things[2]])
    c.hills(c.height * 0.8, c.height * 0.96, 16)
    for drop in (0.16, 0.05):
        points = [(x, 40 + drop * 700 * math.sin(math.pi * x / WIDTH)) for x in range(0, WIDTH + 1, 20)]
        c.line(points, mixed(c.things[3], c.gold, 0.3), 3)
    reds = [c.accent, mixed(c.accent, c.gold, 0.35), mixed(c.accent, c.things[3], 0.3), c.gold]
    for n in range(9):
        x = 90 + n * 128 + c.rng.uniform(-26, 26)
        size = c.rng.uniform(36, 66)
        c.lantern(x, c.rng.uniform(190, 400), size, reds[n % 4], 40 + 112 * math.sin(math.pi * x / WIDTH))


def river(c):
    c.sky(0.62)
    c.sun(c.rng.uniform(300, 900), c.height * 0.3, 54)
    for n, level in enumerate((0.44, 0.5)):
        c.land(c.ridge(c.height * level, 24), c.things[n])
    water = mixed(c.sky_colours[-1], c.things[1], 0.45)
    c.box(0, c.height * 0.6, WIDTH, c.height, water)
    c.ripples(c.height * 0.6, mixed(water, c.light, 0.5), 60)
    _bridge(c, c.height * 0.5, c.height * 0.72)
    for _ in range(3):
        _boat(c, c.rng.uniform(120, 1050), c.rng.uniform(0.78, 0.93) * c.height)


def _bridge(c, deck, foot):
    colour = c.things[3]
    bent = [(x, deck - 46 * math.sin(math.pi * x / WIDTH)) for x in range(0, WIDTH + 1, 20)]
    for n in range(1, 6):
        x = n * WIDTH / 6
        c.box(x - 12, deck - 40, 24, foot - deck + 40, colour)
        c.dot(x, foot, 42, mixed(colour, c.light, 0.12), 7)
    c.line(bent, colour, 20)
    c.line([(x, y - 26) for x, y in bent], c.accent, 4)
    for x, y in bent[::3]:
        c.line([(x, y), (x, y - 30)], c.accent, 3)


def _boat(c, x, y):
    c.shape([(x - 70, y), (x + 70, y), (x + 46, y + 20), (x - 46, y + 20)], c.things[3])
    c.shape([(x - 6, y - 4), (x - 6, y - 110), (x + 62, y - 20)], c.accent)
    c.shape([(x - 12, y - 4), (x - 12, y - 92), (x - 54, y - 18)], c.gold)


def fields(c):
    c.sky(0.6)
    c.sun(c.rng.uniform(250, 950), c.height * 0.26, 58)
    c.hills(c.height * 0.42, c.height * 0.54, 30)
    greens = ["#b8bf62", "#93ab54", "#6c9350", "#47794b", "#2d5f45"]
    for n in range(10):
        colour = mixed(greens[n // 2], c.gold, 0.3 * (n % 2))
        line = c.ridge(c.height * (0.56 + 0.046 * n), 16 + 2 * n, 1.1)
        c.land(line, colour)
        c.line(line, mixed(colour, c.light, 0.35), 2 + n * 0.3)


def park(c):
    c.sky(0.8)
    c.sun(c.rng.uniform(250, 950), c.height * 0.25, 52)
    c.land(c.ridge(c.height * 0.6, 12), mixed(c.things[0], "#a9c08c", 0.6))
    for _ in range(16):
        c.tree(
            c.rng.uniform(0, WIDTH),
            c.height * 0.63,
            c.rng.uniform(70, 120),
            mixed("#7fa573", "#4f8463", c.rng.random()),
            "#6b4a36",
        )
    c.land(c.ridge(c.height * 0.68, 10), "#9db878")
    middle = c.rng.uniform(480, 720)
    _path(c, middle)
    for n in range(7):
        x = middle + (-1) ** n * c.rng.uniform(190, 520)
        leaves = [mixed("#3f7a57", "#1f5142", c.rng.random()), mixed(c.accent, c.gold, 0.5)][n == 3]
        c.tree(x, c.height * (0.74 + 0.035 * n), 120 + 20 * n, leaves, "#51382b")


def _path(c, middle):
    bend = c.rng.choice([-1, 1]) * 150
    centre = [
        (middle + bend * math.sin(math.pi * t / 20) + bend * t / 20, c.height * (0.685 + 0.33 * t / 20))
        for t in range(21)
    ]
    left = [(x - 8 - 5.5 * t, y) for t, (x, y) in enumerate(centre)]
    right = [(x + 8 + 5.5 * t, y) for t, (x, y) in enumerate(centre)]
    c.shape([*left, *reversed(right)], mixed(c.light, "#c9b48a", 0.35))


def pavilion(c):
    c.sky(0.75)
    c.sun(c.rng.uniform(220, 980), c.height * 0.27, 60)
    c.land(c.ridge(c.height * 0.62, 20), c.things[0])
    water = mixed(c.sky_colours[-1], c.things[1], 0.3)
    c.box(0, c.height * 0.74, WIDTH, c.height, water)
    x, foot = c.rng.uniform(480, 640), c.height * 0.76
    c.dot(x, foot + 16, 560, mixed("#7f9f6a", c.things[1], 0.35), 44)
    dark, tiles = c.things[3], mixed(c.accent, c.things[3], 0.25)
    c.box(x - 170, foot - 18, 340, 26, mixed(dark, c.light, 0.35))
    for dx in (-120, -50, 34, 104):
        c.box(x + dx, foot - 150, 16, 136, mixed(dark, c.accent, 0.4))
    c.roof(x - 180, foot - 148, 360, 62, tiles, mixed(tiles, dark, 0.5))
    c.box(x - 78, foot - 268, 156, 64, mixed(c.light, c.gold, 0.25))
    c.ring(x, foot - 236, 26, c.accent, 7)
    c.roof(x - 128, foot - 262, 256, 66, tiles, mixed(tiles, dark, 0.5))
    c.ripples(c.height * 0.84, mixed(water, c.light, 0.5), 40)
    for side in (-1, 1):
        c.tree(x + side * c.rng.uniform(300, 400), c.height * 0.78, c.rng.uniform(170, 240), "#3d6f55", dark)


def kites(c):
    c.sky(0.9)
    c.hills(c.height * 0.76, c.height * 0.92, 20)
    for n in range(6):
        x, y, size = 130 + n * 185 + c.rng.uniform(-50, 50), c.rng.uniform(100, 330), c.rng.uniform(46, 84)
        colour = [c.accent, c.gold, "#2f6d6b"][n % 3]
        tail = [(x + t * 3.2 * math.sin(t / 7 + n), y + size + t * 5) for t in range(0, 36, 2)]
        c.line(tail, mixed(colour, c.light, 0.3), 4)
        c.shape([(x, y - size), (x + size * 0.72, y), (x, y + size), (x - size * 0.72, y)], colour)
        c.shape([(x, y - size), (x + size * 0.72, y), (x, y)], mixed(colour, c.light, 0.35))
        c.shape([(x, y + size), (x - size * 0.72, y), (x, y)], mixed(colour, c.things[3], 0.25))


def _pale(c):
    return [mixed(c.light, c.sky_colours[-1], share) for share in (0, 0.25, 0.6)]


def blossoms(c):
    c.sky(1, _pale(c))
    c.sun(c.rng.uniform(700, 1000), c.height * 0.3, 80, mixed(c.accent, c.light, 0.35))
    c.land(c.ridge(c.height * 0.9, 16), mixed(c.things[0], c.light, 0.3))
    bark = mixed(c.things[3], "#4a2c22", 0.6)
    for start, turn, length in (((-20, c.height * 0.86), -28, 11), ((-20, c.height * 0.32), 12, 8)):
        _branch(c, start, turn, length, 15, bark)
    for _ in range(26):
        c.dot(c.rng.uniform(0, WIDTH), c.rng.uniform(0, c.height), 5, mixed("#d9536b", c.light, 0.4), 3)


def _branch(c, start, turn, length, width, bark):
    x, y = start
    for n in range(length):
        turn += c.rng.uniform(-16, 14)
        nx, ny = x + 84 * math.cos(math.radians(turn)), y + 84 * math.sin(math.radians(turn))
        c.line([(x, y), (nx, ny)], bark, max(3, width - n * 1.1))
        x, y = nx, ny
        if n > 1 and n % 2 and width > 8:
            _branch(c, (x, y), turn + c.rng.choice([-52, 48]), 4, 7, bark)
        if n:
            c.blossom(x + c.rng.uniform(-20, 20), y + c.rng.uniform(-24, 24), c.rng.uniform(15, 30), "#d9536b")


def waves(c):
    c.sky(0.8)
    c.sun(c.rng.uniform(250, 950), c.height * 0.27, 70)
    r = c.rng.uniform(130, 170)
    for row in range(6):
        y = c.height * 0.66 + row * r * 0.45
        base = mixed(c.things[0], c.things[3], row / 5)
        rings = [base, mixed(base, c.light, 0.2), base, mixed(base, c.gold, 0.35), base]
        for column in range(-1, round(WIDTH / (2 * r)) + 2):
            x = column * 2 * r + (r if row % 2 else 0)
            for n, colour in enumerate(rings):
                c.dot(x, y + r * 0.4, r * (1.02 - 0.2 * n), colour)


def books(c):
    c.sky(1, _pale(c))
    c.sun(c.rng.uniform(820, 1000), c.height * 0.26, 70)
    c.box(0, c.height * 0.84, WIDTH, c.height, mixed(c.things[3], "#5a3a28", 0.6))
    colours = [c.accent, c.gold, c.things[1], c.things[2], "#2f6d6b", "#3d6f55"]
    x = 90.0
    while x < 800:
        w, h = c.rng.uniform(34, 74), c.rng.uniform(220, 380)
        colour = mixed(c.rng.choice(colours), c.things[3], c.rng.uniform(0, 0.2))
        c.box(x, c.height * 0.84 - h, w - 3, h, colour)
        for share in (0.12, 0.8):
            c.box(x, c.height * 0.84 - h * (1 - share), w - 3, 10, mixed(colour, c.light, 0.55))
        x += w
    c.box(930, c.height * 0.84 - 92, 96, 92, mixed(c.accent, c.light, 0.1))
    for angle in (-46, -24, 0, 22, 44):
        c.petal(978, c.height * 0.84 - 88, 150, angle, 34, mixed("#3f7a57", c.light, abs(angle) / 150))


def rain(c):
    c.sky(1, [c.things[1], c.things[0], mixed(c.sky_colours[-1], c.light, 0.4)])
    ground = c.height * 0.82
    for n in range(14):
        w = c.rng.uniform(60, 120)
        h = c.rng.uniform(120, 300)
        c.box(n * 90 - 20, ground - h, w, h, mixed(c.things[1], c.things[0], c.rng.random()))
    c.box(0, ground, WIDTH, c.height, mixed(c.things[2], c.light, 0.15))
    c.ripples(ground, mixed(c.things[0], c.light, 0.4), 30)
    for n in range(5):
        x, y, r = 150 + n * 225 + c.rng.uniform(-40, 40), ground - c.rng.uniform(20, 90), c.rng.uniform(76, 108)
        c.line([(x, y - r * 0.5), (x, y + r * 0.9)], c.things[3], 5)
        _umbrella(c, x, y, r, [c.accent, c.gold, "#2f6d6b"][n % 3])
    for _ in range(150):
        x, y = c.rng.uniform(0, WIDTH + 60), c.rng.uniform(-30, c.height)
        c.line([(x, y), (x - 12, y + 38)], mixed(c.light, c.things[0], 0.3), 1.5)


def _umbrella(c, x, y, r, colour):
    dome = [(x + r * math.cos(math.radians(a)), y - r * 0.8 * math.sin(math.radians(a))) for a in range(0, 181, 6)]
    c.shape(dome, colour)
    for n in range(-1, 2):
        c.shape(
            [(x, y - r * 0.8), (x + r * (n * 0.62 - 0.16), y), (x + r * (n * 0.62 + 0.16), y)],
            mixed(colour, c.light, 0.25),
        )


SCENES = {
    scene.__name__: scene
    for scene in (
        hills,
        lotus,
        roofs,
        skyline,
        lanterns,
        river,
        fields,
        park,
        pavilion,
        kites,
        blossoms,
        waves,
        books,
        rain,
    )
}

"""What the scenes of the demo are drawn with: a canvas 1200 units wide, colours by role, hills, suns, water, roofs."""

import math
from random import Random

from PIL import Image, ImageDraw

WIDTH = 1200
FINER = 2  # drawn twice as large, then reduced: smooth edges

# Each mood: sky from the top down, things from far to near, and three single colours.
MOODS = [
    {
        "sky": ["#f8ead0", "#f4cf96", "#e8a36b"],
        "things": ["#dd9a70", "#c06a4a", "#963a2c", "#6b1a17"],
        "accent": "#a4161a",
        "gold": "#e3ab35",
        "light": "#fff6e2",
    },
    {
        "sky": ["#fbf4e3", "#f6e8c9", "#efd8a6"],
        "things": ["#c3cfa8", "#8fae8b", "#57846b", "#2b5a4c"],
        "accent": "#b3261e",
        "gold": "#d99a26",
        "light": "#fffaf0",
    },
    {
        "sky": ["#2c2a4d", "#7b2f45", "#d7673f", "#f4ba6a"],
        "things": ["#8e3b45", "#662b40", "#431d33", "#261126"],
        "accent": "#d8412f",
        "gold": "#f2bf4e",
        "light": "#ffe9c2",
    },
    {
        "sky": ["#eef4f0", "#d5e5e2", "#b9d3d3"],
        "things": ["#a2c1c4", "#6f9ba6", "#3f7283", "#1e4a5c"],
        "accent": "#b3261e",
        "gold": "#dfa638",
        "light": "#fdfaf2",
    },
    {
        "sky": ["#fdf3e0", "#f9dfb4", "#f2c27e"],
        "things": ["#e7b267", "#c97f4c", "#9c2f24", "#6f1414"],
        "accent": "#8c1c13",
        "gold": "#d8962a",
        "light": "#fffbef",
    },
]


def mixed(a: str, b: str, share: float) -> str:
    """The colour that lies `share` (0 to 1) of the way from `a` to `b`, all as "#rrggbb"."""
    pairs = ((int(a[i : i + 2], 16), int(b[i : i + 2], 16)) for i in (1, 3, 5))
    return "#" + "".join(f"{round(x + (y - x) * share):02x}" for x, y in pairs)


class Canvas:
    """A picture in the making; all lengths are in units of which the width has 1200."""

    def __init__(self, size: tuple[int, int], rng: Random, mood: dict):
        self.image = Image.new("RGB", (size[0] * FINER, size[1] * FINER))
        self.pen = ImageDraw.Draw(self.image)
        self.scale = self.image.width / WIDTH
        self.height = self.image.height / self.scale
        self.rng = rng
        self.things, self.light = mood["things"], mood["light"]
        self.accent, self.gold, self.sky_colours = mood["accent"], mood["gold"], mood["sky"]

    def _px(self, points):
        return [(x * self.scale, y * self.scale) for x, y in points]

    def shape(self, points, colour):
        self.pen.polygon(self._px(points), fill=colour)

    def line(self, points, colour, width=2.0):
        self.pen.line(self._px(points), fill=colour, width=max(1, round(width * self.scale)), joint="curve")

    def box(self, x, y, w, h, colour):
        self.pen.rectangle(self._px([(x, y), (x + w, y + h)]), fill=colour)

    def dot(self, x, y, rx, colour, ry=None):
        ry = rx if ry is None else ry
        self.pen.ellipse(self._px([(x - rx, y - ry), (x + rx, y + ry)]), fill=colour)

    def ring(self, x, y, r, colour, width):
        self.pen.ellipse(self._px([(x - r, y - r), (x + r, y + r)]), outline=colour, width=round(width * self.scale))

    def sky(self, down_to=1.0, colours=None):
        """Fills everything from the top to the share `down_to` of the height with colours that run into each other."""
        colours = colours or self.sky_colours
        strip = Image.new("RGB", (1, len(colours)))
        strip.putdata([tuple(int(c[i : i + 2], 16) for i in (1, 3, 5)) for c in colours])
        height = round(self.image.height * down_to)
        # Centres of the end colours lie on the edges, or half of each would be a flat band.
        edges = (0, 0.5, 1, len(colours) - 0.5)
        line = strip.resize((1, height), Image.Resampling.BICUBIC, box=edges)
        self.image.paste(self._across(line), (0, 0))

    def _across(self, line):
        """One column of pixels, over the whole width."""
        return line.resize((self.image.width, line.height), Image.Resampling.NEAREST)

    def sun(self, x, y, r, colour=None, glow=2.6):
        """A disc with a soft light around it."""
        colour = colour or mixed(self.gold, self.light, 0.45)
        side = round(2 * r * glow * self.scale)
        halo = Image.radial_gradient("L").resize((side, side)).point(lambda v: max(0, 120 - v * 120 // 181))
        corner = round((x - r * glow) * self.scale), round((y - r * glow) * self.scale)
        self.image.paste(colour, corner, halo)
        self.dot(x, y, r, colour)

    def veil(self, top, bottom, colour, strength=0.5):
        """Mist that is thickest at `bottom` and gone at `top`."""
        height = max(1, round((bottom - top) * self.scale))
        line = Image.linear_gradient("L").crop((0, 0, 1, 256)).resize((1, height))
        mask = self._across(line.point(lambda v: round(v * strength)))
        self.image.paste(colour, (0, round(top * self.scale)), mask)

    def ridge(self, level, swing, waves=2.0):
        """Points of a hilly line from left to right around the height `level`."""
        parts = [(swing / n, waves * n * self.rng.uniform(0.8, 1.2), self.rng.uniform(0, math.tau)) for n in (1, 2, 4)]
        return [
            (x, level + sum(a * math.sin(f * math.tau * x / WIDTH + p) for a, f, p in parts))
            for x in range(-20, WIDTH + 41, 10)
        ]

    def land(self, line, colour):
        """Everything below the line."""
        self.shape([*line, (WIDTH + 40, self.height + 20), (-40, self.height + 20)], colour)

    def hills(self, first, last, swing=46, waves=1.6):
        """Four rows of hills from far to near between the heights `first` and `last`, mist between them."""
        for n, colour in enumerate(self.things):
            level = first + (last - first) * n / (len(self.things) - 1)
            self.land(self.ridge(level, swing * (1 - 0.12 * n), waves + 0.25 * n), colour)
            if n < len(self.things) - 1:
                self.veil(level, level + 150, self.light, 0.28)

    def ripples(self, top, colour, count=26):
        """Short bright strokes on water, longer towards the reader."""
        for _ in range(count):
            y = self.rng.uniform(top + 8, self.height - 8)
            reach = 20 + 110 * (y - top) / (self.height - top)
            x = self.rng.uniform(-40, WIDTH)
            self.line([(x, y), (x + reach * self.rng.uniform(0.5, 1), y)], colour, 1.6)

    def tree(self, x, foot, size, leaves, trunk):
        """A round tree of several crowns."""
        self.box(x - size * 0.05, foot - size * 0.7, size * 0.1, size * 0.7, trunk)
        for dx, dy, r in ((-0.24, -0.72, 0.28), (0.24, -0.74, 0.27), (0, -0.98, 0.32), (0, -0.66, 0.3)):
            self.dot(x + dx * size, foot + dy * size, r * size, leaves, r * size * 0.92)
        self.dot(x - size * 0.1, foot - size * 1.02, size * 0.16, mixed(leaves, self.light, 0.16))

    def roof(self, x, y, w, h, colour, edge):
        """A tiled roof seen from the front, its eaves turned up; `y` is the height of the eaves."""
        left = [(x + w * t * 0.22, y - h * (t**1.7)) for t in (0, 0.25, 0.5, 0.75, 1)]
        right = [(2 * x + w - px, py) for px, py in reversed(left)]
        tip = h * 0.16
        self.shape(
            [
                (x - w * 0.05, y - tip),
                *left[1:],
                *right[:-1],
                (x + w * 1.05, y - tip),
                (x + w * 0.96, y),
                (x + w * 0.04, y),
            ],
            colour,
        )
        self.line([left[-1], right[0]], edge, 5)
        for n in range(1, 16):
            top = left[-1][0] + (right[0][0] - left[-1][0]) * n / 16
            self.line([(top, y - h * 0.95), (x + w * 0.03 + w * 0.94 * n / 16, y - 2)], edge, 1.4)

    def lantern(self, x, y, r, colour, hung_from):
        """A round lantern with ribs and a tassel on its string."""
        self.line([(x, hung_from), (x, y - r)], mixed(self.gold, self.things[-1], 0.4), 2)
        self.line([(x, y + r), (x, y + r * 2.1)], self.gold, 3)
        self.sun(x, y, r, mixed(colour, self.gold, 0.25), glow=1.9)
        self.dot(x, y, r * 1.05, colour, r * 0.9)
        for share in (0.66, 0.33):
            ring = self._px([(x - r * 1.05 * share, y - r * 0.9), (x + r * 1.05 * share, y + r * 0.9)])
            self.pen.ellipse(ring, outline=mixed(colour, self.light, 0.4), width=round(2 * self.scale))
        for dy in (-0.92, 0.82):
            self.box(x - r * 0.42, y + dy * r - r * 0.06, r * 0.84, r * 0.2, self.gold)

    def blossom(self, x, y, r, colour):
        """A flower of five round petals."""
        turn = self.rng.uniform(0, math.tau)
        for n in range(5):
            a = turn + n * math.tau / 5
            self.dot(
                x + math.cos(a) * r * 0.62,
                y + math.sin(a) * r * 0.62,
                r * 0.5,
                mixed(colour, self.light, 0.12 * (n % 2)),
            )
        self.dot(x, y, r * 0.26, self.gold)

    def petal(self, x, y, length, angle, width, colour):
        """A pointed petal from (x, y) outwards; `angle` in degrees, 0 is up."""
        turn = math.radians(angle)
        outline = [(0, 0), (-0.55, 0.3), (-0.62, 0.6), (-0.32, 0.85), (0, 1), (0.32, 0.85), (0.62, 0.6), (0.55, 0.3)]
        points = []
        for across, along in outline:
            dx, dy = across * width, -along * length
            points.append(
                (x + dx * math.cos(turn) - dy * math.sin(turn), y + dx * math.sin(turn) + dy * math.cos(turn))
            )
        self.shape(points, colour)

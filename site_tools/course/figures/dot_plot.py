"""A dot plot as SVG written by hand: a row for each number, a lane in it for each thing that is compared.

Its words are text and no paths, because no font of ours knows Chinese: the reader's own font draws them. It is narrow
enough to be read on a phone, so all words stand above the lanes and none beside them.
"""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from site_tools.course.figures.style import Theme

WIDTH, SHOWN = 360, 520  # units of the drawing, and how many pixels wide a page shows it where there is room
LEFT, RIGHT = 10, 350
LANE, HEAD, FOOT, GAP = 10, 22, 15, 17  # heights: of a lane, of the words above, of the ticks below, between rows
RADIUS = 3.6
FONT = "system-ui, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
COLOURS = {
    "light": ("#2f6fb7", "#c4621b", "#1f8a63", "#8a4fb0", "#b5304a", "#6b6b1e"),
    "dark": ("#7db4f0", "#f0a264", "#6fd0a8", "#cda4ee", "#f2909f", "#d2cf7a"),
}
SHAPES = ("circle", "square", "diamond", "triangle", "circle", "square")


@dataclass(frozen=True)
class Dot:
    """One value.

    Attributes:
        lane: which of the things compared it is of, from 0.
        spread: a standard deviation, drawn as a bar to both sides.
        then: a second value that an arrow leads to, drawn hollow.
        note: a word behind the dot.
    """

    lane: int
    value: float
    spread: float = 0.0
    then: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Row:
    """One number of all things compared.

    Attributes:
        label, direction: what is told above, at the left and at the right.
        log: whether the axis is logarithmic.
        line: what real data have, a line through all lanes.
        marks: (sign, value) -> other yardsticks, in a last lane of their own.
    """

    label: str
    direction: str
    dots: Sequence[Dot]
    log: bool = False
    line: float | None = None
    marks: Sequence[tuple[str, float]] = ()


@dataclass(frozen=True)
class Axis:
    """From values to places; both ends lie a little outside the values."""

    low: float
    high: float
    log: bool

    def place(self, value: float) -> float:
        """Where a value lies, in units of the drawing; what lies outside is put at the end."""
        low, high, value = (map(math.log, (self.low, self.high, max(value, 1e-12)))) if self.log else (
            self.low, self.high, value,
        )  # fmt: skip
        return LEFT + (RIGHT - LEFT) * min(1.0, max(0.0, (value - low) / (high - low)))

    def ticks(self) -> list[float]:
        """Round numbers between the ends, about five."""
        if not self.log:
            step = next(size for size in _round_numbers() if (self.high - self.low) / size <= 5.5)
            first = math.ceil(self.low / step - 1e-9)
            return [round(number * step, 10) for number in range(first, math.floor(self.high / step + 1e-9) + 1)]
        powers = range(math.floor(math.log10(self.low)) - 1, math.ceil(math.log10(self.high)) + 1)
        for digits in ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 6, 8)):
            found = [digit * 10.0**power for power in powers for digit in digits]
            inside = [round(value, 10) for value in found if self.low <= value <= self.high]
            if len(inside) >= 3:
                break
        return inside


def _round_numbers() -> Iterator[float]:
    for power in range(-6, 12):
        for digit in (1, 2, 5):
            yield digit * 10.0**power


def axis_of(row: Row) -> Axis:
    """An axis on which everything in the row has its place."""
    values = [value for _, value in row.marks] + ([] if row.line is None else [row.line])
    for dot in row.dots:
        values += [dot.value - dot.spread, dot.value + dot.spread, dot.value if dot.then is None else dot.then]
    if row.log:
        low, high = min(value for value in values if value > 0), max(values)
        pad = max(1.15, (high / low) ** 0.04)
        return Axis(low / pad, high * pad, True)
    low, high = min(values), max(values)
    pad = 0.06 * (high - low) or 0.05 * abs(high) or 1.0
    return Axis(low - pad, high + pad, False)


def mark(shape: str, x: float, y: float, colour: str, hollow: bool = False, radius: float = RADIUS) -> str:
    """One sign of a lane, or of a yardstick."""
    look = f'fill="none" stroke="{colour}" stroke-width="1.4"' if hollow else f'fill="{colour}"'
    if shape == "circle":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius}" {look}/>'
    corners = {
        "square": ((-0.88, -0.88), (0.88, -0.88), (0.88, 0.88), (-0.88, 0.88)),
        "diamond": ((0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)),
        "triangle": ((0, -1.2), (1.1, 0.8), (-1.1, 0.8)),
    }
    if shape in corners:
        points = " ".join(f"{x + radius * right:.1f},{y + radius * down:.1f}" for right, down in corners[shape])
        return f'<polygon points="{points}" {look}/>'
    ways = {"plus": "M-1 0H1M0-1V1", "cross": "M-.8-.8L.8 .8M-.8 .8L.8-.8"}
    return (
        f'<path d="{ways[shape]}" transform="translate({x:.1f} {y:.1f}) scale({radius})" '
        f'stroke="{colour}" stroke-width=".45" fill="none"/>'
    )


def text(x: float, y: float, words: str, colour: str, size: float, anchor: str = "start", bold: bool = False) -> str:
    """Words in the reader's own font."""
    weight = ' font-weight="600"' if bold else ""
    where = f' text-anchor="{anchor}"' if anchor != "start" else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{colour}"{where}{weight}>{escape(words)}</text>'


def _dashes(theme: Theme) -> str:
    return f'stroke="{theme.ink}" stroke-width="1.3" stroke-dasharray="3 2.5"'


def row_height(row: Row, lanes: int) -> float:
    """How high a row is, the gap behind it included."""
    return HEAD + LANE * (lanes + bool(row.marks)) + FOOT + GAP


def draw_row(row: Row, top: float, lanes: int, theme: Theme) -> Iterator[str]:
    """One row: its words, the ticks and the line of real data, then what each lane has."""
    colours, axis = COLOURS[theme.name], axis_of(row)
    bottom = top + HEAD + LANE * (lanes + bool(row.marks))
    yield text(LEFT, top + 12, row.label, theme.ink, 12.5, bold=True)
    yield text(RIGHT, top + 12, row.direction, theme.ink, 10.5, "end")
    for value in axis.ticks():
        x = axis.place(value)
        yield f'<path d="M{x:.1f} {top + HEAD - 3:g}V{bottom:g}" stroke="{theme.faint}" stroke-width=".7"/>'
        anchor = "end" if x > RIGHT - 12 else "start" if x < LEFT + 8 else "middle"
        yield text(x, bottom + 11, f"{value:,.10g}", theme.ink, 10, anchor)
    yield f'<path d="M{LEFT} {bottom:g}H{RIGHT}" stroke="{theme.faint}"/>'
    if row.line is not None:
        x = axis.place(row.line)
        yield f'<path d="M{x:.1f} {top + HEAD - 4:g}V{bottom:g}" {_dashes(theme)}/>'
    for dot in row.dots:
        y, x = top + HEAD + LANE * (dot.lane + 0.5), axis.place(dot.value)
        colour, shape = colours[dot.lane], SHAPES[dot.lane]
        if dot.then is not None:
            end = axis.place(dot.then)
            yield f'<path d="M{x:.1f} {y:.1f}H{end:.1f}" stroke="{colour}" stroke-width="1.1" stroke-dasharray="2 2"/>'
            yield mark(shape, end, y, colour, hollow=True)
        if dot.spread:
            ends = axis.place(dot.value - dot.spread), axis.place(dot.value + dot.spread)
            yield f'<path d="M{ends[0]:.1f} {y:.1f}H{ends[1]:.1f}" stroke="{colour}" stroke-width="2"/>'
        yield mark(shape, x, y, colour)
        if dot.note:
            side = 1 if x < RIGHT - 60 else -1
            yield text(x + side * 7, y + 3.4, dot.note, colour, 9.5, "start" if side > 0 else "end")
    for sign, value in row.marks:
        yield mark(sign, axis.place(value), top + HEAD + LANE * (lanes + 0.5), theme.ink, radius=4)


Entry = tuple[Literal["lane", "sign", "line", "hollow"], str, str]  # what it shows, which one, and its words


def draw_legend(entries: Iterable[Entry], theme: Theme) -> tuple[list[str], float]:
    """What the signs mean, two beside each other, and how high that is; what is hollow has a line to itself."""
    drawn, line, column = [], 0, 0
    for kind, which, words in entries:
        if kind == "hollow" and column:
            line, column = line + 1, 0
        x, y = LEFT + 5 + (RIGHT - LEFT) / 2 * column, 10 + 18 * line
        if kind == "line":
            drawn.append(f'<path d="M{x:.1f} {y - 7}v14" {_dashes(theme)}/>')
        elif kind == "sign":
            drawn.append(mark(which, x, y, theme.ink, radius=4))
        elif kind == "hollow":
            drawn.append(mark("circle", x, y, theme.ink, hollow=True))
        else:
            drawn.append(mark(SHAPES[int(which)], x, y, COLOURS[theme.name][int(which)], radius=4.2))
        drawn.append(text(x + 10, y + 4, words, theme.ink, 11.5))
        line, column = (line, 1) if column == 0 and kind != "hollow" else (line + 1, 0)
    return drawn, 18.0 * (line + bool(column)) + 8


def dot_plot(rows: Sequence[Row], lanes: int, legend: Iterable[Entry], theme: Theme) -> bytes:
    """The whole plot on a transparent ground, the legend first."""
    drawn, top = draw_legend(legend, theme)
    top += 6
    for row in rows:
        drawn += draw_row(row, top, lanes, theme)
        top += row_height(row, lanes)
    height = math.ceil(top - GAP + 4)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{SHOWN}" '
        f'height="{round(height * SHOWN / WIDTH)}" font-family="{FONT}">'
    )
    return "\n".join([head, *drawn, "</svg>", ""]).encode()

"""How one plane is seen in another: maps of points that are found from pairs of them, in plain numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import repeat

from boundary.cell.inside.codes import Point

Pair = tuple[Point, Point]  # a point of ours, and where it was seen
FLAT = 1e-12


@dataclass(frozen=True)
class Plane:
    """Takes a point (x, y) to ((ax + by + c) / (gx + hy + 1), (dx + ey + f) / (gx + hy + 1)).

    The eight numbers are those that Pillow's perspective transform takes.
    """

    numbers: tuple[float, float, float, float, float, float, float, float]

    def at(self, point: Point) -> Point:
        """Raises ZeroDivisionError for a point that lies at no finite place."""
        a, b, c, d, e, f, g, h = self.numbers
        x, y = point
        depth = g * x + h * y + 1
        return (a * x + b * y + c) / depth, (d * x + e * y + f) / depth

    def moved(self, by: Point) -> Plane:
        """Return the map for points counted from another origin, which lies at `by`."""
        a, b, c, d, e, f, g, h = self.numbers
        x, y = by
        depth = g * x + h * y + 1
        numbers = (a, b, a * x + b * y + c, d, e, d * x + e * y + f, g, h)
        one, two, three, four, five, six, seven, eight = (number / depth for number in numbers)
        return Plane((one, two, three, four, five, six, seven, eight))

    def off(self, pair: Pair) -> float:
        """Return how far from where it was seen a point comes to lie."""
        x, y = self.at(pair[0])
        return float(((x - pair[1][0]) ** 2 + (y - pair[1][1]) ** 2) ** 0.5)


def affine(pairs: Sequence[Pair], weights: Sequence[float] = ()) -> Plane:
    """Return the map without perspective that fits best. Raises ValueError when the points say too little."""
    normal = [[0.0] * 3 for _ in range(3)]
    right, down = [0.0] * 3, [0.0] * 3
    for ((x, y), (u, v)), weight in zip(pairs, weights or repeat(1.0, len(pairs)), strict=True):
        row = (x, y, 1.0)
        for i in range(3):
            for j in range(3):
                normal[i][j] += weight * row[i] * row[j]
            right[i] += weight * row[i] * u
            down[i] += weight * row[i] * v
    a, b, c = _solved(normal, right)
    d, e, f = _solved(normal, down)
    return Plane((a, b, c, d, e, f, 0.0, 0.0))


def projective(pairs: Sequence[Pair], size: float) -> Plane:
    """Return the map with perspective that fits best, for planes of about `size`. Raises ValueError as `affine`."""
    normal = [[0.0] * 8 for _ in range(8)]
    wanted = [0.0] * 8
    for (x, y), (u, v) in pairs:
        x, y, u, v = x / size, y / size, u / size, v / size
        for row, value in (((x, y, 1.0, 0, 0, 0, -x * u, -y * u), u), ((0, 0, 0, x, y, 1.0, -x * v, -y * v), v)):
            for i in range(8):
                if row[i]:
                    wanted[i] += row[i] * value
                    for j in range(8):
                        normal[i][j] += row[i] * row[j]
    a, b, c, d, e, f, g, h = _solved(normal, wanted)
    return Plane((a, b, c * size, d, e, f * size, g / size, h / size))


def _solved(rows: Sequence[Sequence[float]], wanted: Sequence[float]) -> list[float]:
    """Solve so many equations by elimination, the largest first."""
    table = [[*row, value] for row, value in zip(rows, wanted, strict=True)]
    count = len(table)
    for place in range(count):
        best = max(range(place, count), key=lambda row: abs(table[row][place]))
        table[place], table[best] = table[best], table[place]
        pivot = table[place][place]
        if abs(pivot) < FLAT:
            raise ValueError("the points lie on a line")
        for row in range(count):
            if row != place and (factor := table[row][place] / pivot):
                table[row] = [own - factor * other for own, other in zip(table[row], table[place], strict=True)]
    return [table[place][count] / table[place][place] for place in range(count)]

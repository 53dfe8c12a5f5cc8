#!/usr/bin/env python3
"""Makes crates/outputs/data/provinces_map.tsv: the borders of the Italian provinces, small enough for a page.

    tools/geometry/provinces.py limits_IT_provinces.topo.json > crates/outputs/data/provinces_map.tsv

The file is topojson/limits_IT_provinces.topo.json of https://github.com/openpolis/geojson-italy at commit
d0df31d57b015bfc4e9b3ff178967b9fde74fae0; another is refused, so that the same file always comes out.

Borders are simplified arc by arc (Visvalingam and Whyatt 1993: the point that spans the smallest triangle goes first), so
that two provinces keep one common border, and no point goes whose triangle holds another point, so that no border comes to
cross another. Only the standard library is used.
"""

import hashlib
import heapq
import json
import math
import sys

SOURCE_SHA256 = "09d019bd8c40f47176686a239c7aa856162751f988638bfb5e8550f2ce56859a"

# Metres of a unit of the plane.
UNIT_M = 250
# A point goes when its triangle is smaller, in square kilometres.
TRIANGLE_KM2 = 4
# A part of a province that is smaller is left out, unless it is the only one.
PART_KM2 = 6

# Lambert's conformal conic projection of a sphere (Snyder, Map Projections, 1987, equations 15-1 to 15-4).
RADIUS_M = 6_371_000
PARALLELS = (math.radians(38), math.radians(46))
ORIGIN = (math.radians(12.5), math.radians(42))


def projection():
    tangent = lambda latitude: math.tan(math.pi / 4 + latitude / 2)
    first, second = PARALLELS
    cone = math.log(math.cos(first) / math.cos(second)) / math.log(tangent(second) / tangent(first))
    scale = math.cos(first) * tangent(first) ** cone / cone
    distance = lambda latitude: RADIUS_M * scale / tangent(latitude) ** cone

    def project(longitude, latitude):
        angle = cone * (math.radians(longitude) - ORIGIN[0])
        along = distance(math.radians(latitude))
        x = along * math.sin(angle)
        y = distance(ORIGIN[1]) - along * math.cos(angle)
        # A page counts downwards.
        return round(x / UNIT_M), round(-y / UNIT_M)

    return project


def plane_arcs(topology):
    """The arcs in whole units of the plane, each point once."""
    (scale_x, scale_y), (left, bottom) = topology["transform"]["scale"], topology["transform"]["translate"]
    project = projection()
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            point = project(x * scale_x + left, y * scale_y + bottom)
            if not points or point != points[-1]:
                points.append(point)
        arcs.append(points)
    return arcs


def double_area(a, b, c):
    return (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])


def units2(km2):
    return km2 * 1e6 / UNIT_M**2


class Grid:
    """The points that are still there, by cells, to find those in a triangle."""

    CELL = 40

    def __init__(self):
        self.cells = {}

    def cell(self, point):
        return point[0] // self.CELL, point[1] // self.CELL

    def add(self, point):
        self.cells.setdefault(self.cell(point), {}).setdefault(point, 0)
        self.cells[self.cell(point)][point] += 1

    def take(self, point):
        cell = self.cells[self.cell(point)]
        cell[point] -= 1
        if cell[point] == 0:
            del cell[point]

    def holds_another(self, triangle):
        (left, right), (top, bottom) = [(min(axis), max(axis)) for axis in zip(*triangle)]
        for column in range(left // self.CELL, right // self.CELL + 1):
            for row in range(top // self.CELL, bottom // self.CELL + 1):
                for point in self.cells.get((column, row), ()):
                    if point not in triangle and inside(point, triangle):
                        return True
        return False


def inside(point, triangle):
    a, b, c = triangle
    turns = [double_area(a, b, point), double_area(b, c, point), double_area(c, a, point)]
    return all(turn >= 0 for turn in turns) or all(turn <= 0 for turn in turns)


def simplified(arcs):
    """The arcs without the points that matter least; ends stay, and a closed arc keeps four points."""
    grid = Grid()
    for arc in arcs:
        for point in arc:
            grid.add(point)
    least = 2 * units2(TRIANGLE_KM2)
    queue, before, after, left = [], [], [], []
    for number, arc in enumerate(arcs):
        before.append([at - 1 for at in range(len(arc))])
        after.append([at + 1 for at in range(len(arc))])
        left.append(len(arc))
        for at in range(1, len(arc) - 1):
            heapq.heappush(queue, (abs(double_area(*arc[at - 1 : at + 2])), number, at))
    gone = [set() for _ in arcs]
    while queue:
        area, number, at = heapq.heappop(queue)
        arc = arcs[number]
        if area >= least:
            break
        if at in gone[number]:
            continue
        one, other = before[number][at], after[number][at]
        triangle = (arc[one], arc[at], arc[other])
        if abs(double_area(*triangle)) != area:
            continue
        if left[number] <= (4 if arc[0] == arc[-1] else 2) or grid.holds_another(triangle):
            continue
        gone[number].add(at)
        left[number] -= 1
        grid.take(arc[at])
        after[number][one], before[number][other] = other, one
        for near in (one, other):
            if 0 < near < len(arc) - 1:
                corner = (arc[before[number][near]], arc[near], arc[after[number][near]])
                heapq.heappush(queue, (abs(double_area(*corner)), number, near))
    return [[point for at, point in enumerate(arc) if at not in gone[number]] for number, arc in enumerate(arcs)]


def ring_points(ring, arcs):
    points = []
    for number in ring:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        points.extend(arc if not points else arc[1:])
    return points


def ring_area(points):
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, points[1:]))) / 2


def provinces(topology, arcs):
    """Each province's rings, without those that are too small to be seen."""
    shapes = {}
    for geometry in topology["objects"]["provinces"]["geometries"]:
        polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
        rings = [ring for polygon in polygons for ring in polygon]
        areas = [ring_area(ring_points(ring, arcs)) for ring in rings]
        kept = [ring for ring, area in zip(rings, areas) if area >= min(units2(PART_KM2), max(areas))]
        shapes[geometry["properties"]["prov_acr"]] = kept
    return shapes


# Letters are wider than high: a place for two of them is sought in a plane that is narrower.
NARROWER = 0.6


def distance_to_edges(x, y, edges):
    nearest = math.inf
    for (ax, ay), (bx, by) in edges:
        dx, dy = bx - ax, by - ay
        length = dx * dx + dy * dy
        share = 0 if length == 0 else max(0, min(1, ((x - ax) * dx + (y - ay) * dy) / length))
        nearest = min(nearest, math.hypot(x - ax - share * dx, y - ay - share * dy))
    odd = False
    for (ax, ay), (bx, by) in edges:
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            odd = not odd
    return nearest if odd else -nearest


def label_place(rings):
    """The point of a province that is farthest from its borders."""
    narrow = [[(x * NARROWER, y) for x, y in ring] for ring in rings]
    edges = [edge for ring in narrow for edge in zip(ring, ring[1:])]
    xs, ys = zip(*max(narrow, key=ring_area))
    (left, right), (top, bottom) = (min(xs), max(xs)), (min(ys), max(ys))
    best = (-math.inf, 0, 0)
    for _ in range(5):
        step_x, step_y = (right - left) / 24, (bottom - top) / 24
        for column in range(25):
            for row in range(25):
                x, y = left + column * step_x, top + row * step_y
                best = max(best, (distance_to_edges(x, y, edges), x, y))
        _, x, y = best
        left, right, top, bottom = x - step_x, x + step_x, y - step_y, y + step_y
    return round(best[1] / NARROWER), round(best[2])


def numbers_of(arc):
    steps = [arc[0]] + [(b[0] - a[0], b[1] - a[1]) for a, b in zip(arc, arc[1:])]
    return " ".join(f"{x},{y}" for x, y in steps)


def main():
    content = open(sys.argv[1], "rb").read()
    if hashlib.sha256(content).hexdigest() != SOURCE_SHA256:
        sys.exit("expected the file whose SHA-256 is " + SOURCE_SHA256)
    topology = json.loads(content)
    arcs = simplified(plane_arcs(topology))
    shapes = provinces(topology, arcs)
    uses = {}
    for rings in shapes.values():
        for number in (number for ring in rings for number in ring):
            uses[max(number, ~number)] = uses.get(max(number, ~number), 0) + 1
    kept = {number: at + 1 for at, number in enumerate(sorted(uses))}
    xs, ys = zip(*(point for number in kept for point in arcs[number]))
    shift = (min(xs), min(ys))
    arcs = [[(x - shift[0], y - shift[1]) for x, y in arc] for arc in arcs]
    print(HEAD.format(sha256=SOURCE_SHA256, unit=UNIT_M, triangle=TRIANGLE_KM2, part=PART_KM2), end="")
    print(f"size\t{max(xs) - shift[0]}\t{max(ys) - shift[1]}")
    for number in kept:
        print(f"arc\t{numbers_of(arcs[number])}")
    for code, rings in sorted(shapes.items()):
        x, y = label_place([ring_points(ring, arcs) for ring in rings])
        signed = lambda number: kept[number] if number >= 0 else -kept[~number]
        written = ";".join(" ".join(str(signed(number)) for number in ring) for ring in rings)
        print(f"province\t{code}\t{x},{y}\t{written}")


HEAD = """\
# Borders of the 107 Italian provinces as they stood in June 2023, for small maps: not a survey, and no border is to be read off it.
# Source: ISTAT, Confini delle unità amministrative a fini statistici, © ISTAT, CC BY 4.0; in the form of openpolis/geojson-italy,
# topojson/limits_IT_provinces.topo.json of 2023-06-06, © Openpolis, CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/).
# Source file: SHA-256 {sha256}.
# Changed: projected (Lambert conformal conic, 38° and 46° north, 12.5° east), rounded, simplified (triangles below {triangle} km²),
# parts below {part} km² left out. Made by tools/geometry/provinces.py; README.md has the licence.
# Lines: size of the plane; arcs, numbered from 1, as a point and steps, x to the right and y down, in units of {unit} m;
# provinces as code, a place for the code, and rings of arcs, of which a negative one is walked backwards.
"""

main()

"""The outline of a group on the map."""

import re
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onnuri.web.hull import REACHES, ellipse, hull, path_of
from onnuri.web.opinion_map import on_box


def hull_path_of(points):
    return path_of(hull(points))


coordinates = st.integers(-50, 50)
clouds = st.lists(st.tuples(coordinates, coordinates), max_size=40)
thoroughly = settings(max_examples=150, deadline=None, derandomize=True, database=None)


def corners(path):
    return [tuple(float(n) for n in pair.split()) for pair in re.findall(r"[ML](-?[\d.]+ -?[\d.]+)", path)]


def turns(path):
    """Twice the area of each three corners in a row: the sign says which way the outline turns."""
    p = corners(path)
    return [
        (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        for a, b, c in zip(p, p[1:] + p[:1], p[2:] + p[:2], strict=True)
    ]


def test_a_square_with_somebody_in_it():
    assert hull_path_of([(0, 0), (4, 0), (4, 4), (0, 4), (2, 2)]) == "M0 0L4 0L4 4L0 4Z"


@pytest.mark.parametrize(
    "points",
    [[], [(1, 1)], [(1, 1), (2, 2)], [(1, 1)] * 9, [(n, 2 * n) for n in range(9)]],
    ids=["nobody", "one", "two", "all in one place", "all on a line"],
)
def test_without_an_area_there_is_no_outline(points):
    assert hull_path_of(points) == ""


def test_one_far_away_does_not_stretch_a_group_of_twenty():
    near = [(x, y) for x in range(5) for y in range(4)]

    for far in ((400, 400), (-900, 900)):
        assert set(corners(hull_path_of([*near, far]))) <= {(float(x), float(y)) for x, y in near}


def test_in_a_small_group_everybody_counts():
    assert (40.0, 40.0) in corners(hull_path_of([(0, 0), (4, 0), (0, 4), (40, 40)]))


@thoroughly
@given(clouds)
def test_an_outline_turns_one_way_and_its_corners_are_people(points):
    path = hull_path_of(points)

    assert set(corners(path)) <= {(float(x), float(y)) for x, y in points}
    assert not path or min(turns(path)) > 0


@thoroughly
@given(clouds, st.randoms(use_true_random=False))
def test_the_order_of_people_draws_no_other_outline_of_a_few(points, rng):
    few = points[:9]
    shuffled = list(few)
    rng.shuffle(shuffled)

    assert hull_path_of(shuffled) == hull_path_of(few)


@pytest.mark.parametrize(
    ("place", "on_the_box"),
    [((0, 0), (200, 200)), ((1, 1), (376, 24)), ((-1, -1), (24, 376)), ((0.5, -0.25), (288, 244))],
)
def test_up_is_up_and_everybody_is_inside(place, on_the_box):
    assert on_box(*place) == on_the_box


@thoroughly
@given(points=clouds)
def test_an_ellipse_is_of_mean_and_spread_alone(points):
    corners_of_it = ellipse(points)

    mirrored = ellipse([(-x, y) for x, y in points])
    assert len(mirrored) == len(corners_of_it)
    if corners_of_it:
        middle = sum(x for x, _ in corners_of_it) / len(corners_of_it)
        assert middle == pytest.approx(sum(x for x, _ in points) / len(points), abs=0.1)


def test_it_holds_nine_tenths_of_a_normal_crowd():
    random = Random(7)
    crowd = [(random.gauss(0, 3), random.gauss(0, 1)) for _ in range(4000)]

    inside = sum((x / 3) ** 2 + y**2 <= REACHES**2 for x, y in crowd)
    xs = [x for x, _ in ellipse(crowd)]

    assert inside / len(crowd) == pytest.approx(0.9, abs=0.01)
    assert max(xs) == pytest.approx(3 * REACHES, rel=0.05)

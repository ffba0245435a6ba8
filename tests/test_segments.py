"""HLS in a file: requests at the edge, fetches at an origin, and what both cost."""

from __future__ import annotations

import numpy as np
import pytest

import planning
from planning.numbers.nodes import value_at
from planning.numbers.reading import FileError
from planning.questions.findings import findings
from planning.questions.load import parse_system

FILE = """\
title: A channel
workload: {{users: {users}, target: {users}, viewing: {{share: 100 %}}}}
parts:
  hls:
    kind: media
    bitrate: 3 Mbit/s
    price: $0/GB
    segments: {{segment: 6 s, qualities: 4, caches: 50{more}}}
{origin}
"""
STORE = "  bucket: {kind: object_store, stored: 1 TB, price: $0.02/GB/month}"
SERVER = "  packager: {kind: service, processes: 2, cores: 2}"


def channel(users, more=", origin: bucket", origin=STORE):
    return parse_system(FILE.format(users=users, more=more, origin=origin))


def told(system, name, users=None):
    result = planning.assess(system, users)
    return np.asarray(next(each for each in result.traffic if each.name == name).value)


def test_the_edge_is_asked_by_everyone_and_the_origin_by_the_caches():
    system = channel(60_000)
    assert told(system, "requests at the edge") == pytest.approx(60_000 * 2 / 6)
    assert told(system, "segments fetched from the origin") == pytest.approx(200 / 6)
    assert told(system, "segments that caches have") == pytest.approx(1 - 200 / 60_000)


def test_hits_come_with_the_audience():
    hits = told(channel(100), "segments that caches have", np.array([1.0, 100.0, 1e4, 1e6]))
    assert np.all(np.diff(hits) > 0)
    assert hits[0] < 0.01
    assert hits[-1] > 0.999


def test_the_origin_computes_what_is_fetched_and_no_more():
    system = channel(60_000, ", origin: packager, origin_cpu: 30 ms", SERVER)
    limits = {each.id: each for each in planning.assess(system).constraints}
    assert value_at(limits["packager.cpu"].load) == pytest.approx(200 / 6 * 30e-3)
    # However many watch: 200 copies are all that is ever fetched.
    crowded = {each.id: each for each in planning.assess(system, 1e8).constraints}
    assert value_at(crowded["packager.cpu"].load) == pytest.approx(200 / 6 * 30e-3)


def test_requests_are_paid_for_at_the_edge():
    system = channel(6000, ", origin: bucket, request_price: $0.000001/request")
    monthly = planning.assess(system).monthly
    mean = 6000 * 2 / 6 / 3
    assert value_at(monthly["hls requests"]) == pytest.approx(mean * 730 * 3600 * 1e-6)


@pytest.mark.parametrize(("price", "found"), [("", True), (", request_price: $0/request", False)])
def test_requests_at_no_price_are_found_and_free_ones_are_not(price, found):
    system = channel(6000, f", origin: bucket{price}")
    assert any("segments.request_price" in each.remedy for each in findings(system)) is found


def test_an_origin_that_is_not_there_is_refused():
    with pytest.raises(FileError, match="no part 'bukket'"):
        channel(10, ", origin: bukket")


def test_video_without_segments_asks_nobody():
    text = FILE.format(users=10, more="", origin="")
    start = text.index("    segments:")
    plain = parse_system(text[:start] + "    nodes: 1\n    node_viewers: 100\n")
    names = {each.name for each in planning.assess(plain).traffic}
    assert "requests at the edge" not in names

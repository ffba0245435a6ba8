"""Sockets of one's own beside hosted realtime, media servers and HLS, in one file."""

from __future__ import annotations

import pytest

import planning
from planning.numbers.nodes import value_at
from planning.numbers.reading import FileError
from planning.numbers.shipped import data_folder
from planning.questions.findings import findings
from planning.questions.load import parse_system
from planning.questions.surges import SurgeVerdict, assess_event

TEXT = (data_folder() / "examples" / "game_arena.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def arena():
    return parse_system(TEXT)


def load(result, name):
    return value_at(result.of(name).load)


def test_each_kind_of_socket_and_viewer_reaches_the_part_that_it_enters(arena):
    result = planning.assess(arena, 20_000)
    assert load(result, "realtime.connections") == 20_000
    assert load(result, "realtime.messages") == pytest.approx(20_000 / 120 * 50)
    # 8,000 play: 20 states a second each, 20 µs a write, 2 µs a message, 600 B at 1.8 ns each;
    # a heartbeat every 25 s, a new connection and a join every 20 min.
    message = 22e-6 + 600 * 1.8e-9
    playing = 8000 * (20 * message + 120e-6 / 25 + (2.3e-3 + message) / 1200)
    assert load(result, "arena.cpu") == pytest.approx(playing)
    assert load(result, "arena.egress") == pytest.approx(8000 * 20 * 600 * 8)
    # Four voices of 50 packets/s to each of 8,000, 80 bytes a packet.
    assert load(result, "voice.cpu") == pytest.approx(8000 * 200 * (13e-6 + 80 * 14e-9))
    watched = [value_at(each) for each in result.traffic if each.name == "viewers"]
    assert sorted(watched) == [5000, 8000]


def test_those_who_come_back_are_the_players_and_wait_for_their_handshake(arena):
    by_name = {each.name: assess_event(arena, each) for each in arena.events}
    at_once = by_name["the arena restarts"]
    handshakes = next(o for o in at_once.outcomes if o.constraint.id == "arena.handshakes")
    assert value_at(handshakes.constraint.load) == pytest.approx(8000)
    assert handshakes.verdict in (SurgeVerdict.STABLE, SurgeVerdict.LAG)
    slowly = by_name["they come back over two minutes"]
    handshakes = next(o for o in slowly.outcomes if o.constraint.id == "arena.handshakes")
    assert value_at(handshakes.constraint.load) == pytest.approx(8000 / 120)
    spectators = by_name["a final"]
    assert value_at(spectators.number("hls", "bytes")) == pytest.approx(30_000 * 3600 * 3e6 / 8)


def test_costs_that_are_left_out_are_found():
    start, end = TEXT.index("    sockets:\n      message_size"), TEXT.index("  realtime: {kind")
    silent = parse_system(TEXT[:start] + TEXT[end:])
    found = " ".join(each.what for each in findings(silent))
    assert "it holds sockets, and what they cost in CPU is not stated" in found
    assert "states no sockets for the messages of its sockets" in found
    assert planning.assess(silent).verdict == "not known"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("{enters: arena, ", "{", "needs `enters`"),
        ("{enters: arena, ", "{enters: stage, ", "there is no part 'stage'"),
        ("{enters: arena, ", "{enters: voice, ", "'voice' is a media, which takes no sockets"),
        ("enters: hls}", "enters: main}", "which takes no viewers"),
        ("sockets: 100 %\n", "sockets: 100 %\n    enters: arena\n", "two kinds of sockets"),
    ],
)
def test_a_group_that_enters_nowhere_is_refused(old, new, words):
    assert TEXT.count(old) == 1
    with pytest.raises(FileError, match=words):
        parse_system(TEXT.replace(old, new))

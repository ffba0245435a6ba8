"""Media servers that forward what is seen: files of rooms that others measured."""

from __future__ import annotations

import numpy as np
import pytest

import planning
from planning.numbers.nodes import value_at
from planning.numbers.reading import FileError
from planning.questions.findings import findings
from planning.questions.load import parse_system

FILE = """\
title: Rooms
workload: {{users: {viewers}, target: {viewers}, viewing: {{share: 100 %}}}}
parts:
  sfu:
    kind: media
    price: $0/GB
    nodes: 1
    {cores}
    forwards: {{sees: {{{sees}}}{more}}}
"""
VOICES = "voices: {{count: {count}, bitrate: 32 kbit/s, packets: 50 packets/s}}"
# One packet of mediasoup, read off its room of 100 who all speak (tests/models/delivery).
MEDIASOUP = ", packet_cpu: 1.96 µs, byte_cpu: 0 µs/KB"


def rooms(viewers, sees, more="", cores="node_cores: 1"):
    return parse_system(FILE.format(viewers=viewers, sees=sees, more=more, cores=cores))


def load(system, name):
    result = planning.assess(system)
    return value_at(next(each for each in result.constraints if each.name == name).load)


@pytest.mark.parametrize(
    ("people", "spoken", "measured"), [(75, 74, 0.580), (8000, 1, 0.92), (5000, 1, 0.57)]
)
def test_a_room_where_all_speak_says_one_where_one_does(people, spoken, measured):
    system = rooms(people, VOICES.format(count=spoken), MEDIASOUP)
    assert load(system, "sfu cpu") == pytest.approx(measured, rel=0.16)


def test_a_room_breaks_where_it_was_seen_to_break():
    # Measured on one core of mediasoup: every word at 100 people, two thirds of them at 125.
    more = MEDIASOUP + ", room_size: {}, room_cores: 1"
    held = rooms(100, VOICES.format(count=500), more.format(100))
    torn = rooms(125, VOICES.format(count=500), more.format(125))
    assert load(held, "sfu one room") == pytest.approx(0.97, rel=0.01)
    assert 1 / load(torn, "sfu one room") == pytest.approx(0.679, rel=0.04)
    assert planning.assess(torn).verdict == "does not hold"


def test_livekits_stream_and_what_six_pictures_of_a_meeting_weigh():
    livestream = "picture: {bitrate: 1416 kbit/s}"
    cores = "node_cores: 16"
    stream = rooms(3000, livestream, ", packet_size: 947 B", cores)
    assert load(stream, "sfu cpu") == pytest.approx(0.92 * 16, rel=0.03)
    # Its load generator shows one large picture and five small ones: 93 MB/s were measured.
    seen = f"{livestream}, tiles: {{count: 5, bitrate: 160 kbit/s}}"
    seen = seen.replace("picture", "speaker")
    meeting = rooms(150, seen, ", room_size: 150", cores)
    everyone = rooms(150, "all: {count: 149, bitrate: 1416 kbit/s}", "", cores)
    sent, all_of_it = (
        value_at(next(n for n in planning.assess(each).traffic if n.name == "video egress")) / 8e6
        for each in (meeting, everyone)
    )
    assert 93 / 2.3 < sent < 93
    assert all_of_it > 40 * 93


def test_what_a_meeting_sends_is_received_and_counts():
    # LiveKit, Benchmarking: 150 people sent 51,068 packets/s and 50 MB/s, received 762,749 and
    # 93 MB/s, at 85 % of 16 cores; CPU per packet and byte are read off its two other rooms.
    sees = "all: {bitrate: 4.96 Mbit/s, packets: 5085 packets/s}"
    sends = ", sends: {own: {bitrate: 2.667 Mbit/s, packets: 340 packets/s}}"
    whole, sent_only = (
        load(rooms(150, sees, more, "node_cores: 16"), "sfu cpu") for more in (sends, "")
    )
    assert whole == pytest.approx(0.85 * 16, rel=0.1)
    assert whole - sent_only == pytest.approx(51_000 * 13e-6 + 50e6 * 14e-9, rel=0.01)


def test_a_room_of_everyone_grows_with_the_square_of_them():
    # Measured on one core of mediasoup: 0.312 with 50 people, 0.580 with 75, 0.970 with 100. The
    # first two give what a packet and waking up take, the third is asked.
    more = ", rooms: 1, packet_cpu: 1.382 µs, wake_cpu: 1.619 µs, byte_cpu: 0 µs/KB"
    more += ", sends: {own: {bitrate: 32 kbit/s, packets: 50 packets/s}}"
    took = {n: load(rooms(n, VOICES.format(count=1000), more), "sfu cpu") for n in (50, 75, 100)}
    assert took[50] == pytest.approx(0.312, abs=0.001)
    assert took[75] == pytest.approx(0.580, abs=0.001)
    assert took[100] == pytest.approx(0.970, rel=0.15)
    # So many people fill the core: one second over what a packet takes, and no longer waking up.
    edge = planning.capacity(rooms(100, VOICES.format(count=1000), more)).users
    assert edge == pytest.approx((1 / 1.382e-6 / 50) ** 0.5, rel=0.01)
    two = load(
        rooms(100, VOICES.format(count=1000), more.replace("rooms: 1", "rooms: 2")), "sfu cpu"
    )
    packets = 100 * 49 * 50 + 100 * 50  # to 49 others each, and from all
    assert two == pytest.approx(packets * 3.001e-6 / (1 + packets * 1.619e-6), rel=1e-3)


def test_one_thread_that_reads_the_port_is_full_whatever_the_server_has():
    pairs = ", room_size: 2, senders: 1, sends: {own: {bitrate: 2 Mbit/s}}, receive_cores: 1"
    few, many = (
        rooms(250, "video: {bitrate: 2 Mbit/s}", pairs, f"node_cores: {cores}") for cores in (4, 64)
    )
    for system in (few, many):
        # 250 packets/s of 1000 B from each, 13 µs and 14 ns a byte.
        assert load(system, "sfu receiving") == pytest.approx(250 * 250 * 27e-6)
        assert planning.assess(system).verdict == "does not hold"


def test_nobody_sees_more_than_there_are_and_few_senders_are_few_streams():
    alone = rooms(10, VOICES.format(count=25), ", room_size: 4")
    assert load(alone, "sfu cpu") == pytest.approx(
        load(rooms(10, VOICES.format(count=3)), "sfu cpu")
    )
    one = rooms(10, VOICES.format(count=25), ", room_size: 4, senders: 1")
    assert load(one, "sfu cpu") == pytest.approx(load(alone, "sfu cpu") / 3)


def test_waking_up_is_paid_by_few_and_shared_by_many():
    awake, woken = (
        [load(rooms(n, VOICES.format(count=1), MEDIASOUP + more), "sfu cpu") for n in (10, 9000)]
        for more in ("", ", wake_cpu: 5 µs")
    )
    assert woken[0] == pytest.approx(awake[0] * (1.96 + 5) / 1.96, rel=0.01)
    assert awake[1] < woken[1] < 1.1 * awake[1]


def test_servers_follow_from_the_packets_and_a_sweep_is_its_numbers():
    system = rooms(100, VOICES.format(count=3), MEDIASOUP + ", wake_cpu: 5 µs")
    users = np.array([0.0, 1.0, 10_000.0])
    result = planning.assess(system, users)
    needed = next(each for each in result.traffic if each.name == "media servers needed")
    assert np.broadcast_to(needed.value, users.shape).tolist() == [0, 1, 3]
    assert np.all(np.isfinite(result.utilisation))


def test_what_does_not_go_together_is_refused():
    for more, words in {
        "bitrate: 1 Mbit/s": "one of the two",
        "node_viewers: 100": "means nothing beside",
    }.items():
        with pytest.raises(FileError, match=words):
            rooms(10, VOICES.format(count=1), cores=f"node_cores: 1\n    {more}")
    with pytest.raises(FileError, match="needs `room_size`"):
        rooms(10, VOICES.format(count=1), ", room_cores: 1")
    with pytest.raises(FileError, match="one of the two"):
        rooms(10, VOICES.format(count=1), ", room_size: 4, rooms: 3")
    with pytest.raises(FileError, match="needs `sends`"):
        rooms(10, VOICES.format(count=1), ", receive_cores: 1")


def test_servers_sized_by_another_kind_of_room_are_found():
    stated = [each.what for each in findings(rooms(10, VOICES.format(count=1)))]
    assert not any("thousands" in each for each in stated)
    unstated = findings(rooms(10, VOICES.format(count=1), cores="node_viewers: 500"))
    assert any("those of one picture sent to thousands" in each.what for each in unstated)

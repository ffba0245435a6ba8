"""Forwarding: limits, and media servers that others measured."""

from __future__ import annotations

import numpy as np
import pytest

from planning.models.delivery.forwarding import packet_cpu, packet_rate

# LiveKit, Benchmarking, https://docs.livekit.io/home/self-hosting/benchmark/: one room on 16
# cores; packets/s in and out, bytes/s in and out, busy share of all cores, subscribers.
AUDIO = (305, 959_156, 7.3e3, 23e6, 0.80, 3000)
MEETING = (51_068, 762_749, 50e6, 93e6, 0.85, 150)
STREAM = (246, 560_962, 233e3, 531e6, 0.92, 3000)
# Pokled/nodyx at af2b0673, nodyx-frontend/static/benchmark/technique.html: mediasoup, one core,
# inside one process (no cipher, no network). Streams that are forwarded, packets/s of each, cores.
ROOMS = {50: 0.312, 75: 0.580, 100: 0.970}  # everyone hears everyone
LISTENERS = {250: 0.03, 500: 0.07, 1000: 0.16, 2000: 0.30, 5000: 0.57, 8000: 0.92}  # one speaks
VOICE = 50


def cores(row, packet, byte):
    packets, sent = row[0] + row[1], row[2] + row[3]
    return packets * packet_cpu(packet, 8 * sent, packets, byte)


def test_a_listeners_room_and_a_stream_say_what_a_meeting_takes():
    rows = np.array([[row[0] + row[1], row[2] + row[3]] for row in (AUDIO, STREAM)])
    packet, byte = np.linalg.solve(rows, [16 * AUDIO[4], 16 * STREAM[4]])
    assert cores(MEETING, packet, byte) == pytest.approx(16 * MEETING[4], rel=0.1)
    # So many cores for each subscriber of the other two are a twentieth of a meeting's.
    assert 16 * MEETING[4] / MEETING[5] > 18 * 16 * STREAM[4] / STREAM[5]


def test_what_is_forwarded_counts_and_not_who_is_there():
    per_packet = ROOMS[100] / (100 * 99 * VOICE)
    listening = {n: packet_cpu(per_packet, 0, 1, 0) * n * VOICE for n in LISTENERS}
    errors = [listening[n] / measured - 1 for n, measured in LISTENERS.items()]
    assert np.median(np.abs(errors)) < 0.35
    assert abs(errors[-1]) < 0.16  # 8,000 listeners
    # By people in the room, as "so many viewers a core", it is off eightyfold.
    assert 8000 * ROOMS[100] / 100 / LISTENERS[8000] > 80


def test_a_stream_of_nothing_has_no_packets_and_no_packet_is_below_its_fixed_part():
    assert packet_rate(0, 1000) == 0
    assert packet_cpu(13e-6, 0, 50, 14e-9) == pytest.approx(13e-6)
    assert packet_rate(1.416e6, 1000) == pytest.approx(177)


def test_packets_of_no_bytes_are_refused():
    with pytest.raises(ValueError, match="packet_size"):
        packet_rate(1e6, 0)
    with pytest.raises(ValueError, match="packets"):
        packet_cpu(1e-6, 1e6, 0, 1e-9)

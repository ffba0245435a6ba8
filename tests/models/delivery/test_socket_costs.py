"""Messages on sockets: limits, and servers that others measured."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planning.models.delivery.socket_costs import message_cpu

# NGINX, Testing the Performance of NGINX and NGINX Plus Web Servers, 2017,
# https://www.nginx.com/blog/testing-the-performance-of-nginx-and-nginx-plus-web-servers/:
# HTTPS requests per second by CPUs and size of the answer, as read in copies of the page.
HTTPS = {
    1: {1e3: 40_207, 1e4: 23_308, 1e5: 4_830},
    2: {1e3: 85_139, 1e4: 48_654, 1e5: 9_871},
    4: {1e3: 178_395, 1e4: 96_808, 1e5: 19_355},
    8: {1e3: 359_576, 1e4: 198_818, 1e5: 38_900},
    16: {1e3: 690_329, 1e4: 383_860, 1e5: 77_427},
}
# The same page: new HTTPS connections per second. Past 24 CPUs the machine has no more cores.
HANDSHAKES = {1: 428, 2: 869, 4: 1_735, 8: 3_399, 16: 6_676, 24: 10_274}
# HttpArena, MDA2AV/HttpArena, site/data/echo-ws-*.json (28606ba) and echo-ws-pipeline-*.json
# (5fd18b4): Node.js on 64 cores, 4,096 sockets, echoes per second and cores busy, one by one and
# sixteen at once.
NODE = {1: (1_996_581, 64.225), 16: (3_619_116, 63.727)}


def test_a_part_per_write_and_a_part_per_byte_say_the_sizes_between():
    small, large = (1 / HTTPS[1][size] for size in (1e3, 1e5))
    byte = (large - small) / (1e5 - 1e3)
    each = small - 1e3 * byte
    errors = [
        cpus / message_cpu(each, 1, 0, size, byte) / measured - 1
        for cpus, row in HTTPS.items()
        for size, measured in row.items()
        if (cpus, size) not in {(1, 1e3), (1, 1e5)}
    ]
    assert len(errors) == 13
    assert np.median(np.abs(errors)) < 0.05
    assert np.max(np.abs(errors)) < 0.12
    # One cost per request, whatever its size, is off by factors.
    assert 1 / small / HTTPS[1][1e5] > 8


def test_one_handshake_says_how_many_a_machine_makes():
    errors = [cpus * HANDSHAKES[1] / each - 1 for cpus, each in HANDSHAKES.items() if cpus > 1]
    assert np.max(np.abs(errors)) < 0.03


def test_a_batch_shares_its_write():
    one, sixteen = (cores / rate for rate, cores in NODE.values())
    # Two rows give two unknowns; that both are positive is what the law asks of them.
    write = (one - sixteen) / (1 - 1 / 16)
    item = one - write
    assert 10e-6 < write < 20e-6
    assert 10e-6 < item < 20e-6
    assert message_cpu(write, 16, item) == pytest.approx(sixteen)


@given(st.floats(1, 1e6), st.floats(0, 1e-3), st.floats(0, 1e-3))
def test_no_batch_is_cheaper_than_its_messages_nor_dearer_than_one_by_one(batch, write, item):
    cpu = message_cpu(write, batch, item)
    assert item <= cpu <= message_cpu(write, 1, item)


def test_half_a_message_in_a_write_is_refused():
    with pytest.raises(ValueError, match="batch"):
        message_cpu(1e-5, 0.5, 1e-6)

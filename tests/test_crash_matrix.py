"""S1: the rows of the crash matrix with their loads, and what each of the five remedies turns."""

from __future__ import annotations

from itertools import pairwise

import pytest

import planning
from planning.numbers.nodes import value_at
from planning.questions.findings import Severity, findings
from planning.questions.surges import SurgeVerdict, event_matrix

(
    JOIN, COUNTED, COUNTED_LARGE, CHAT_100, CHAT_10, GIFTS, GIFTS_POSTED, HLS, PUBLISH, BOARD, SUMS,
) = range(11)  # fmt: skip
STABLE, LAG, FAIL, CRASH = (
    SurgeVerdict.STABLE,
    SurgeVerdict.LAG,
    SurgeVerdict.FAIL,
    SurgeVerdict.CRASH,
)


@pytest.fixture(scope="module")
def system(systems):
    return systems["crash_matrix"]


@pytest.fixture(scope="module")
def matrix(system):
    return list(event_matrix(system).values())


def number(result, part, name):
    return value_at(result.number(part, name))


def test_ten_thousand_joins_told_to_everyone_are_a_hundred_million_messages(matrix):
    join = matrix[0][JOIN]
    assert number(join, "realtime", "messages") == 10_000 * 10_000
    assert number(join, "realtime", "time to deliver") == 1e8 / 500  # the quota of Pro
    assert number(join, "realtime.connections", "refused") == 10_000 - 500
    assert join.verdict is CRASH


def test_counted_every_ten_seconds_they_are_a_thousand_messages_a_second(matrix):
    assert number(matrix[0][COUNTED], "realtime", "messages") == 1000
    assert matrix[0][COUNTED].verdict is CRASH  # 500 connections are still too few
    large = matrix[0][COUNTED_LARGE]
    assert number(large, "realtime.connections", "refused") == 0
    # ... and now the look-ups of the same second meet the limit of the API.
    assert number(large, "api_limit", "refused") == 10_000 - 2000
    assert number(large, "api", "failed") == 0
    assert large.verdict is CRASH


def test_chat_at_100_messages_a_second_to_1000_viewers(matrix):
    chat = matrix[0][CHAT_100]
    assert number(chat, "realtime", "delivered") == 100_000
    # Two look-ups of each receiver, and the message itself is stored.
    assert number(chat, "api_limit", "refused") == 100 * (1000 * 2 + 1) - 2000
    assert chat.verdict is CRASH


def test_two_look_ups_per_message_and_viewer_are_20000_requests_a_second(matrix):
    chat = matrix[0][CHAT_10]
    assert number(chat, "api_limit", "refused") == 10 * (1000 * 2 + 1) - 2000
    assert number(chat, "api_limit", "share refused") == pytest.approx(0.9, rel=1e-3)
    # What passes is what the API carries: 20 connections of 5 ms, two cores of 1 ms.
    assert number(chat, "api.cpu", "arriving") == number(chat, "api.cpu", "carried") == 2
    assert number(chat, "api", "share failed") == 0


def test_fifty_gifts_without_and_with_the_processor(matrix):
    assert matrix[0][GIFTS].verdict is FAIL
    assert number(matrix[0][GIFTS], "gifts", "served") == 0
    assert matrix[0][GIFTS_POSTED].verdict is LAG
    assert number(matrix[0][GIFTS_POSTED], "gifts", "staleness") == 5


def test_video_and_publishing_are_faults_of_configuration(matrix):
    assert matrix[0][HLS].verdict is FAIL
    assert matrix[0][PUBLISH].verdict is FAIL


def test_the_leaderboard_grows_with_its_history(matrix, system):
    assert number(matrix[0][BOARD], "leaderboard", "load time") == 10  # 5 million at 500,000/s
    assert number(matrix[0][BOARD], "leaderboard", "client memory") == 2.5e9
    assert matrix[0][BOARD].verdict is CRASH
    assert matrix[0][SUMS].verdict is STABLE
    from planning.questions.capacity import capacity

    users = capacity(system).of("leaderboard load time")
    # 8 s at 500,000 rows/s are 4 million rows in 30 days: one per user and 10 min, a tenth of peak
    assert users == int(4e6 / (30 * 86_400) * 600 * 10)


# Which verdicts each remedy of the document turns; all other cells stay as they were.
TURNED = {
    1: {PUBLISH: (FAIL, STABLE)},
    2: {GIFTS: (FAIL, LAG)},
    3: {},
    4: {HLS: (FAIL, STABLE)},
    5: {},
}


@pytest.mark.parametrize("remedy", TURNED)
def test_what_a_remedy_turns(matrix, remedy):
    before, after = matrix[remedy - 1], matrix[remedy]
    turned = {
        row: (then.verdict, now.verdict)
        for row, (then, now) in enumerate(zip(before, after, strict=True))
        if then.verdict is not now.verdict
    }
    assert turned == TURNED[remedy]


def test_chat_by_broadcast_ends_the_flood_of_requests_but_not_of_messages(matrix):
    before, after = matrix[2][CHAT_10], matrix[3][CHAT_10]
    assert "api" in {each.part for each in before.outcomes}
    assert {each.part for each in after.outcomes} == {"realtime"}
    assert number(after, "realtime", "delivered") == 10_000  # twenty times the quota of 500


def test_the_remedies_put_right_the_findings_that_they_are_about(system):
    names = [
        {each.part for each in findings(planning.phase_system(system, phase))} for phase in range(6)
    ]
    gone = [before - after for before, after in pairwise(names)]
    assert gone == [{"stage"}, {"gifts"}, set(), {"media"}, {"service key"}]
    assert [each.severity for each in findings(system)][:2] == [Severity.CRITICAL] * 2


def test_after_all_remedies_a_stream_of_207_still_fills_the_message_quota(system):
    last = planning.capacity(planning.phase_system(system, 5))
    assert last.binding.name == "realtime messages"
    # N joins per 10 min and N messages per 100 s, each to N: N² (1/600 + 1/100) = 500
    assert last.users == int((500 / (1 / 600 + 1 / 100)) ** 0.5)


def test_the_leaderboard_is_too_slow_after_a_history_of_four_million_rows(system):
    found = planning.assess(system, 10_000).traffic
    slow = next(value_at(node) for node in found if "too slow" in node.name)
    # a row per user and 10 min at the peak, a tenth of that on average; 8 s at 500,000 rows/s
    assert slow == pytest.approx(4e6 / (10_000 / 600 / 10))

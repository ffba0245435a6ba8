"""The verdict is computed: from arithmetic, from a system, from a row, from other claims."""

from __future__ import annotations

import pytest

from planning.audit.statements import load_statements, validate_statements
from planning.audit.verdicts import Mark, audit
from planning.numbers.reading import FileError, parse_document

HEAD = "document: Test\nsystem: live_stream_limits\nclaims:\n"


def audited(*claims):
    text = HEAD + "".join(
        f"  T.{n}: {{line: {n}, says: it, {each}}}\n" for n, each in enumerate(claims, 1)
    )
    return audit(validate_statements(parse_document(text, "t.yaml"))).results


def only(claim):
    return audited(claim)[0]


SUM = 'arithmetic: "a * b", inputs: {a: 100 rooms, b: 50 users}'


@pytest.mark.parametrize(
    ("claimed", "mark"),
    [
        ("5000", Mark.CONFIRMED),
        ("5050", Mark.CONFIRMED),  # within the 2 % that documents round by
        ("5200", Mark.CONTRADICTED),
        ("4000 to 6000", Mark.CONFIRMED),
        ("6000 to 9000", Mark.CONTRADICTED),
        ("'<5001'", Mark.CONFIRMED),
        ("'>5200'", Mark.CONTRADICTED),
        ("~6000", Mark.CONFIRMED),  # "about" is given a quarter
        ("~7000", Mark.CONTRADICTED),
    ],
)
def test_by_arithmetic_on_stated_numbers(claimed, mark):
    found = only(f"claimed: {claimed}, {SUM}")
    assert found.mark is mark
    assert (found.computed.low, found.computed.high) == (5000, 5000)
    assert "100 rooms × 50 users" in found.computed.how


def test_a_range_of_inputs_is_a_range_of_results():
    found = only('claimed: 50, arithmetic: "b / a", inputs: {b: 1 to 5 s, a: 100 ms}')
    assert (found.computed.low, found.computed.high) == (10, 50)
    assert found.mark is Mark.CONFIRMED


def test_an_input_may_be_another_claim():
    users, share, computed = audited(
        "claimed: '12,000 users'",
        "claimed: 20 %",
        'claimed: 3000 users, arithmetic: "users * share", inputs: {users: T.1, share: T.2}',
    )
    assert users.mark is share.mark is Mark.ASSUMPTION
    assert computed.mark is Mark.CONTRADICTED
    assert computed.computed.low == 2400


def test_it_says_by_how_much():
    assert "10 % less" in only(f"claimed: 5556, {SUM}").reasons[0]
    assert "10 times that" in only(f"claimed: 500, {SUM}").reasons[0]


def test_two_claims_on_one_quantity_that_cannot_both_be_true():
    first, second, third, other = audited(
        "quantity: Duration of phase 4, claimed: 2-4 weeks",
        "quantity: duration  of phase 4, claimed: 3 weeks",
        "quantity: duration of phase 4, claimed: 3-6 months",
        "quantity: duration of phase 3, claimed: 1 day",
    )
    assert [each.mark for each in (first, second, third)] == [Mark.CONTRADICTED] * 3
    assert len(first.reasons) == 1  # the second agrees with it
    assert "T.3 (line 3) says 3-6 months" in first.reasons[0]
    assert len(third.reasons) == 2
    assert other.mark is Mark.ASSUMPTION


def test_a_row_of_the_catalogue_confirms_contradicts_and_limits():
    row = "supabase.compute.micro.max_connections"
    assert only(f"claimed: 60 connections, row: {row}").mark is Mark.CONFIRMED
    wrong = only(f"claimed: 500 connections, row: {row}")
    assert wrong.mark is Mark.CONTRADICTED
    assert row in wrong.reasons[0]
    over = only("claimed: 200000 connections, within: supabase.realtime.team.connections")
    assert over.mark is Mark.CONTRADICTED
    assert "20 times over" in over.reasons[0]
    assert only("claimed: 9000 connections, within: supabase.realtime.team.connections").mark is (
        Mark.CONFIRMED
    )


def test_what_speaks_of_the_system_is_asked_of_the_system():
    assert only("claimed: 497 users, ask: {take: capacity}").mark is Mark.CONFIRMED
    wrong = only("claimed: 10k users, ask: {take: capacity, phase: 1}")
    assert wrong.mark is Mark.CONTRADICTED
    assert wrong.effect.factor == pytest.approx(10 / 9)
    event = "event One streamer, 20 guests / stage / refused"
    assert only(f'claimed: 14 people, ask: {{take: "{event}"}}').mark is Mark.CONFIRMED


def test_a_verdict_in_words_is_compared_in_words():
    ask = 'ask: {take: "verdict of 100 broadcasters with guests go live at once"}'
    wrong = only(f"claimed: STABLE, {ask}")
    assert wrong.mark is Mark.CONTRADICTED
    assert wrong.computed.word == "FAIL"
    assert only(f"claimed: stable/fail, {ask}").mark is Mark.CONFIRMED
    assert only(f"claimed: broken, means: [FAIL], {ask}").mark is Mark.CONFIRMED


def test_a_guess_is_solved_for_and_held_against_its_plausible_range():
    guess = '{value: 0.2 requests/s, assumed: true, plausible: "PLAUSIBLE"}'
    claim = (
        'claimed: 10k users, arithmetic: "c / (r * h)", '
        f"inputs: {{c: 500 connections, h: 500 ms, r: {guess}}}"
    )
    found = only(claim.replace("PLAUSIBLE", "0.02 to 1 requests/s"))
    assert found.mark is Mark.ASSUMPTION
    assert found.solved.value == pytest.approx(0.1)
    assert found.solved.plausible is True
    assert "true if r is 0.1 requests/s, within" in found.reasons[0]
    narrow = only(claim.replace("PLAUSIBLE", "0.5 to 1 requests/s"))
    assert narrow.solved.plausible is False
    assert "outside the plausible" in narrow.reasons[0]


def test_a_guess_of_the_system_is_solved_for_with_the_range_of_its_file():
    path = "workload.activities.feed.query_time"
    found = only(f'claimed: 20k users, ask: {{take: "capacity of database cpu"}}, solve: {path}')
    assert found.mark in {Mark.ASSUMPTION, Mark.CONTRADICTED}  # CPU does not depend on hold time
    assert "no value" in found.reasons[0]
    found = only(
        'claimed: 9940 users, ask: {take: "capacity of pooler server connections", phase: 1}, '
        f"solve: {path}"
    )
    assert found.solved.value == pytest.approx(0.5, rel=1e-3)
    assert found.solved.plausible is True


def test_what_nothing_supports_is_an_assumption_and_what_is_no_number_a_finding():
    assert only("claimed: 512 MB").mark is Mark.ASSUMPTION
    assert only("why: keys must be rotated").mark is Mark.FINDING
    assert only("claimed: bright").mark is Mark.FINDING


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("claimd: 3", "unknown field; known are line, says"),
        ('arithmetic: "a", row: x.y', "one way to compute it"),
        ('claimed: 3, arithmetic: "a + b", inputs: {a: 1}', "'b' of 'a + b' is not among"),
        ('claimed: 3, arithmetic: "a", inputs: {a: 1, b: 2}', "'b' is not used"),
        ("claimed: 3, inputs: {a: 3 milisec}", "milisec"),
        ("claimed: 3, inputs: {a: 3 of them}", "of"),
        ("claimed: 3, inputs: {a: 12,000 users}", "needs quotes inside { }"),
        ('claimed: 3, arithmetic: "user + 1", inputs: {users: 2}', "did you mean 'users'?"),
        ('claimed: 3, arithmetic: "users **", inputs: {users: 2}', "is no arithmetic"),
    ],
)
def test_a_bad_claims_file_is_one_clear_line(claim, words):
    text = HEAD + f"  T.1: {{line: 1, says: it, {claim}}}\n"
    with pytest.raises(FileError, match=r"^t\.yaml:4: ") as caught:
        validate_statements(parse_document(text, "t.yaml"))
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("claimed: 3, ask: {take: nonsense}", "nothing to take"),
        ("claimed: 3, ask: {take: capacity of nothing}", "no constraint 'nothing'"),
        ("claimed: 3, ask: {take: capacity, system: nothing}", "no system 'nothing'"),
        ("claimed: 3, ask: {take: capacity, phase: 77}", "no phase '77'"),
        ("claimed: 3, row: no.such.row", "no row"),
        ("claimed: 3, ask: {take: capacity, given: {no.path: 3 s}}", "is not an input"),
        ("claimed: 3, solve: x", "nothing computes"),
    ],
)  # fmt: skip
def test_a_question_that_cannot_be_put_names_the_claim(claim, words):
    with pytest.raises(ValueError, match=r"^T\.1 \(line 1\): ") as caught:
        only(claim)
    assert words in str(caught.value)


def test_a_document_is_not_taken_for_its_claims():
    with pytest.raises(FileError, match=r"draft its claims with `planning audit --new plan\.md`"):
        load_statements("plan.md")


@pytest.mark.parametrize(
    ("claim", "mark"),
    [
        (
            "claimed: 800 kbit/s, inputs: {r: 100 messages/s, s: 1 KB}, arithmetic: r * s",
            "confirmed",
        ),
        ("claimed: 100 KB/s, inputs: {r: 100 messages/s, s: 1 KB}, arithmetic: r * s", "confirmed"),
        (
            "claimed: 216 GB, inputs: {a: 5 Mbit/s, n: 4, d: 1 day}, arithmetic: a * n * d",
            "confirmed",
        ),
        (
            "claimed: $338/month, inputs: {r: 26 requests/s, s: 55 KB, p: $0.09/GB}, "
            "arithmetic: r * s * p",
            "confirmed",
        ),
        ("claimed: $12.41, inputs: {h: 730 h, p: $0.017/h}, arithmetic: h * p", "confirmed"),
        ("claimed: $12.41/month, inputs: {h: 730 h, p: $0.017/h}, arithmetic: h * p", "confirmed"),
        ("claimed: $12.41/day, inputs: {h: 730 h, p: $0.017/h}, arithmetic: h * p", "finding"),
        (
            "claimed: '400,000 GB-seconds', inputs: {n: 1000k invocations, m: 0.4 GB, t: 1 s}, "
            "arithmetic: n * m * t",
            "confirmed",
        ),
        ("claimed: $45, inputs: {a: $40, b: $5/month}, arithmetic: a + b", "finding"),
        ("claimed: 5 GB, inputs: {a: 5 GB/s, b: 1}, arithmetic: a * b", "finding"),
        ("claimed: 3 s, ask: {take: capacity}", "finding"),
        ("claimed: 497 players, ask: {take: capacity}", "confirmed"),
        ("claimed: 60 pods, row: supabase.compute.micro.max_connections", "confirmed"),
    ],
)
def test_a_number_carries_what_it_measures(claim, mark):
    assert only(claim).mark == mark


def test_what_measures_something_else_is_said_and_stops_nothing():
    wrong, right = audited(
        "claimed: 72 GB, inputs: {a: 18k requests/s, b: 4 MB}, arithmetic: a * b",
        "claimed: 3 pods, inputs: {a: 1 pod, b: 2 pods}, arithmetic: a + b",
    )
    assert wrong.mark is Mark.FINDING
    assert "this computes a data rate, the document claims a size" in wrong.reasons[0]
    assert "18k requests/s × 4 MB" in wrong.reasons[0]
    assert right.mark is Mark.CONFIRMED
    added = only("claimed: $45, inputs: {a: $40, b: $5/month}, arithmetic: a + b")
    assert "an amount of money and a cost per time do not add" in added.reasons[0]


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("claimed: 2000 MB/s, inputs: {a: 500 streams, b: 4 Mbit/s}, arithmetic: a * b", "bits"),
        ("claimed: 4.096 GB, inputs: {a: 8, b: 512 MiB}, arithmetic: a * b", "MiB"),
        ("claimed: 8 GB, inputs: {a: 8, b: 1 Gbit}, arithmetic: a * b", "bits"),
        ("claimed: $0.017/month, inputs: {a: 1 server, b: $0.017/h}, arithmetic: a * b", "hours"),
        ("claimed: 72 GB/s, inputs: {a: 18k requests/s, b: 4 KB}, arithmetic: a * b", "MB for GB"),
        ("claimed: 5 s, inputs: {a: 5, b: 1 min}, arithmetic: a * b", "minutes and seconds"),
    ],
)
def test_the_slip_that_explains_a_gap_is_named(claim, words):
    found = only(claim)
    assert found.mark is Mark.CONTRADICTED
    explained = found.reasons[0].rpartition("; ")[2]
    assert words in explained
    assert explained.endswith("which explains it exactly")


def test_a_gap_that_no_slip_explains_names_none():
    reason = only("claimed: 5 GB, inputs: {a: 3, b: 1 GB}, arithmetic: a * b").reasons[0]
    assert "explains" not in reason


def test_an_audit_is_a_frame_with_a_row_per_statement():
    document = load_statements("live_stream_limits")
    found = audit(document)
    frame = found.to_frame()
    assert list(frame["name"]) == list(document.claims)
    counts = frame["verdict"].value_counts()
    assert {mark: counts.get(str(mark), 0) for mark in found.counts()} == found.counts()
    assert "<table" in found._repr_html_()

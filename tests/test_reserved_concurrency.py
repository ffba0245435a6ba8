"""Executions that are reserved: as many environments may come to hold their connections."""

from __future__ import annotations

import pytest

import planning
from planning.numbers.nodes import value_at
from planning.questions.load import parse_system

TEXT = """\
title: Functions that each hold connections
workload:
  users: 1000 users
  target: 1000 users
  activities:
    call: {interval: 50 s, queries: 1, query_time: 10 ms, cpu_time: 490 ms, function: true}
parts:
  functions: {kind: serverless, connections_per_environment: 2, SAID}
  database: {kind: database, max_connections: 50, reserved: 3}
"""


def assess(said):
    return planning.assess(parse_system(TEXT.replace("SAID", said)))


def names(result):
    return {each.name for each in result.constraints}


def test_reserved_executions_hold_their_connections_whatever_the_load():
    # 20 calls a second of 0.5 s are 10 executions; 30 are reserved and keep 2 connections each.
    result = assess("reserved_concurrency: 30")
    in_use, full = (result.of(f"database.connections{words}") for words in ("", "_with_full_pools"))
    assert value_at(in_use.load) == pytest.approx(20, rel=0.01)
    assert (value_at(full.load), value_at(full.limit)) == (60, 47)
    assert value_at(result.of("functions.executions").limit) == 30


def test_fewer_reserved_executions_fit():
    result = assess("reserved_concurrency: 20")
    assert "database connections with full pools" in names(result)
    full = result.of("database.connections_with_full_pools")
    assert value_at(full.load) == 40 < value_at(full.limit)


def test_the_account_may_allow_fewer_than_are_reserved():
    result = assess("reserved_concurrency: 30, concurrent: 15")
    assert value_at(result.of("functions.executions").limit) == 15
    assert value_at(result.of("database.connections_with_full_pools").load) == 30


def test_the_limit_of_an_account_is_not_held_against_the_database():
    # A thousand executions are shared by all functions of an account, and few reach them.
    assert "database connections with full pools" not in names(assess("concurrent: 1000"))

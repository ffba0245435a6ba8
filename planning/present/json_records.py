"""
Results as plain data: what ``--json`` prints, ``result.json`` holds and tables show.

One place turns results into records, so table, chart, report and JSON of one result
show the same numbers. Every document carries ``schema_version``. JSON has no infinity,
so null stands for it: in ``capacity_users`` and ``limit`` it means "no limit", in
``utilisation`` and ``factor`` "something is wanted where nothing is there", in
``cost_per_1000_users_usd`` "holds none".
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from planning.flow.constraint import Constraint
from planning.numbers.catalog import Row
from planning.numbers.estimate import Estimate
from planning.numbers.nodes import Node, value_at
from planning.questions.assess import Assessment, Verdict
from planning.questions.capacity import Capacity
from planning.questions.caveats import Caveat, caveats
from planning.questions.findings import Finding
from planning.questions.phases import PhaseStep
from planning.questions.reasons import outcome_words, reason
from planning.questions.remedies import remedy
from planning.questions.requirements import Requirement
from planning.questions.surges import EventResult

if TYPE_CHECKING:
    from planning.audit.verdicts import Audit, Audited

SCHEMA_VERSION = 1
EXIT_CODES = {
    Verdict.HOLDS: 0,
    Verdict.WARNING: 10,
    Verdict.CRITICAL: 10,
    Verdict.FLAWED: 20,
    Verdict.UNKNOWN: 20,
    Verdict.FAILS: 20,
}


def exit_code(result: Assessment) -> int:
    """Return the exit code of an assessment: its verdict, and 20 where the budget is exceeded."""
    return EXIT_CODES[result.verdict] if result.within_budget else 20


def assessment_record(
    result: Assessment, edge: Capacity, name: str, phase: str = "today"
) -> dict[str, Any]:
    """
    Return an assessment at one number of users as JSON-ready data.

    Parameters
    ----------
    result : Assessment
        At one number of users, with single numbers as inputs.
    edge : Capacity
        Of the same system.
    name, phase : str
        What was assessed.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "system": name,
        "title": result.system.title,
        "phase": phase,
        "users": value_at(result.users),
        "verdict": str(result.verdict),
        "binding": result.binding.name,
        "capacity_users": finite(edge.users),
        "breaks_first": edge.binding.name,
        "monthly_cost_usd": finite(value_at(result.monthly_cost)) if result.monthly else None,
        "costs_not_stated": list(result.not_stated),
        "within_budget": None if result.budget is None else result.within_budget,
        "affordable_users": finite(edge.affordable),
        "own_prices": sorted(result.system.prices),
        "caveats": caveats_record(caveats(result)),
        "findings": findings_record(result.findings),
        "constraints": [
            _constraint(result, constraint, float(users))
            for constraint, users in zip(result.constraints, edge.by_constraint, strict=True)
        ],
    }


def _constraint(result: Assessment, constraint: Constraint, users: float) -> dict[str, Any]:
    enough = constraint.enough
    return {
        "name": constraint.name,
        "id": constraint.id,
        "part": constraint.part,
        "unit": constraint.unit,
        "load": finite(value_at(constraint.load)),
        "limit": finite(value_at(constraint.limit)),
        "utilisation": finite(float(constraint.utilisation)),
        "capacity_users": finite(users),
        "past_limit": str(constraint.past_limit),
        "backlog_growth": None if constraint.backlog is None else value_at(constraint.backlog),
        "why": result.why(constraint),
        "remedy": remedy(constraint),
        "needed": None if enough is None else finite(value_at(enough)),
        "sources": [
            {"input": path, **estimate_record(leaf)}
            for path, leaf in result.sources(constraint).items()
        ],
    }


def estimate_record(estimate: Estimate) -> dict[str, Any]:
    """Return a stated number with its doubt and its source."""
    return {
        "value": finite(value_at(estimate)),
        "unit": estimate.unit,
        "low": estimate.low,
        "high": estimate.high,
        "confidence": estimate.confidence,
        "samples": len(estimate.samples) or None,
        "kind": str(estimate.kind),
        "source": estimate.source,
        "file": None if estimate.place is None else estimate.place.file,
        "line": None if estimate.place is None else estimate.place.line,
        "catalog": None if estimate.row is None else estimate.row.key,
    }


def events_record(matrix: Mapping[str, Sequence[EventResult]], name: str) -> dict[str, Any]:
    """Return the matrix of events by phase."""
    return {
        "schema_version": SCHEMA_VERSION,
        "system": name,
        "phases": [
            {
                "phase": phase,
                "events": [
                    {
                        "name": result.event.name,
                        "verdict": result.verdict.name,
                        "reason": reason(result),
                        "not_modelled": list(result.unknown),
                        "claimed": claimed_verdict(result),
                        "outcomes": [
                            {
                                "part": outcome.part,
                                "constraint": outcome.constraint.id,
                                "verdict": outcome.verdict.name,
                                "reason": outcome_words(outcome),
                                "numbers": {
                                    key: _number(node) for key, node in outcome.numbers.items()
                                },
                            }
                            for outcome in result.outcomes
                        ],
                        "numbers": {
                            part: {name: _number(node) for name, node in numbers.items()}
                            for part, numbers in result.numbers.items()
                        },
                    }
                    for result in results
                ],
            }
            for phase, results in matrix.items()
        ],
    }


def claimed_verdict(result: EventResult) -> str | None:
    """Return what the document says of an event, where it says anything."""
    return result.event.claim.verdict if result.event.claim else None


def phases_record(steps: Sequence[PhaseStep], name: str) -> dict[str, Any]:
    """Return the upgrade ladder, computed beside claimed."""
    return {
        "schema_version": SCHEMA_VERSION,
        "system": name,
        "target_users": value_at(steps[0].at_target.users),
        "own_prices": sorted(steps[0].system.prices),
        "phases": [
            {
                "phase": step.name,
                "capacity_users": finite(step.capacity.users),
                "breaks_first": step.capacity.binding.name,
                "breaks_next": None
                if step.capacity.runner_up is None
                else step.capacity.runner_up[0].name,
                "holds_target": step.holds_target,
                "monthly_cost_usd": finite(step.monthly_stated),
                "cost_per_1000_users_usd": None
                if step.monthly_stated is None
                else finite(value_at(step.cost_per_thousand)),
                "one_off_usd": finite(step.one_off_stated),
                "work_s": None if step.duration is None else finite(value_at(step.duration)),
                "lead_time_s": _claimed(step.phase.lead_time) if step.phase else 0.0,
                "not_stated": list(step.not_stated),
                "claimed_users": _claimed(step.claimed_users),
                "claimed_monthly_usd": _claimed(step.claimed_monthly),
                "claimed_cost_per_1000_users_usd": _claimed(step.claimed_cost_per_thousand),
                "costs": {
                    "kept": list(step.kept),
                    "added": list(step.added),
                    "replaced": list(step.replaced),
                    "dropped": list(step.dropped),
                },
            }
            for step in steps
        ],
    }


def requirements_record(rows: Sequence[Requirement]) -> list[dict[str, Any]]:
    """Return the gap table: needed, available and what the document says."""
    return [
        {
            "resource": row.name,
            "unit": row.needed.unit,
            "needed": finite(value_at(row.needed)),
            "available": None if row.available is None else finite(value_at(row.available)),
            "factor": None if row.factor is None else finite(row.factor),
            "documented": None if row.documented is None else estimate_record(row.documented),
        }
        for row in rows
    ]


def catalog_record(rows: Sequence[Row], today: dt.date) -> dict[str, Any]:
    """Return rows of the catalogue."""
    return {"schema_version": SCHEMA_VERSION, "rows": [row_record(row, today) for row in rows]}


def row_record(row: Row, today: dt.date) -> dict[str, Any]:
    """Return a row with its doubts, and the shipped one where it is the user's own."""
    record: dict[str, Any] = {
        name: getattr(row, name)
        for name in ("key", "value", "low", "high", "unit", "source", "date", "confidence", "note")
    }
    replaced = None if row.replaced is None else row_record(row.replaced, today)
    return record | {"kind": row.kind, "doubts": row.doubts(today), "replaced": replaced}


def caveats_record(found: Sequence[Caveat]) -> list[dict[str, Any]]:
    """Return what a result rests on that is old, doubtful or the user's own."""
    return [
        {"row": each.row.key, "reason": each.reason, "used_by": list(each.used_by)}
        for each in found
    ]


def findings_record(found: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return what is wrong whatever the load."""
    return [
        {
            "part": each.part,
            "severity": each.severity.name.lower(),
            "what": each.what,
            "remedy": each.remedy,
            "vanished": each.vanished,
        }
        for each in found
    ]


def audit_record(found: Audit) -> dict[str, Any]:
    """Return an audit: counts, every statement with its verdict, and what decides."""
    return {
        "schema_version": SCHEMA_VERSION,
        "audit": found.name,
        "document": found.statements.document,
        "system": found.statements.system,
        "counts": {str(mark): count for mark, count in found.counts().items()},
        "left_out": found.left_out,
        "left_from_line": found.left_from,
        "long_lines": found.long_lines,
        "claims": [_audited(each) for each in found.results],
        "decisive": [each.name for each in found.decisive()],
    }


def _audited(each: Audited) -> dict[str, Any]:
    computed, solved, effect = each.computed, each.solved, each.effect
    return {
        "id": each.name,
        "line": each.statement.line,
        "says": each.statement.says,
        "quantity": each.statement.quantity,
        "claimed": each.statement.claimed,
        "verdict": str(each.mark),
        "computed": None
        if computed is None
        else {
            "low": finite(computed.low),
            "high": finite(computed.high),
            "unit": computed.unit,
            "word": computed.word,
            "how": computed.how,
        },
        "reasons": list(each.reasons),
        "would_have_to_be_true": None
        if solved is None
        else {
            "input": solved.name,
            "value": finite(solved.value),
            "unit": solved.unit,
            "plausible": solved.plausible,
        },
        "effect": None
        if effect is None
        else {
            "what": effect.what,
            "believed": finite(effect.believed),
            "computed": finite(effect.computed),
            "unit": effect.unit,
        },
    }


def _number(node: Node) -> dict[str, Any]:
    return {"value": finite(value_at(node)), "unit": node.unit}


def _claimed(node: Node | None) -> float | None:
    return None if node is None else finite(value_at(node))


def finite(value: float | None) -> float | None:
    """Return a number JSON can hold; see the top of this room for what null stands for."""
    return None if value is None or not math.isfinite(value) else value

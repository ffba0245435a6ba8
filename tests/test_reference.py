"""What `planning explain` says is what the models check, for every section and kind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from planning.cli import app
from planning.numbers.quantities import Amount
from planning.numbers.units import parse
from planning.present.reference import reference_page
from planning.system.reference import Reference, reference, subjects

ROOT = Path(__file__).parent.parent


@pytest.fixture(params=list(subjects()))
def found(request: pytest.FixtureRequest) -> Reference:
    return reference(request.param)


def said(*words: str) -> str:
    result = CliRunner().invoke(app, ["explain", *words])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_page_is_what_the_models_say() -> None:
    assert (ROOT / "REFERENCE.md").read_text(encoding="utf-8") == reference_page(), (
        "the fields have changed: run `make reference`"
    )


def test_every_subject_and_field_says_what_it_is(found: Reference) -> None:
    assert found.summary.endswith(".")
    assert found.fields
    assert [each.name for each in found.fields if not each.meaning or not each.written] == []


def test_what_to_write_is_a_quantity_of_the_unit(found: Reference) -> None:
    for each in found.fields:
        if each.unit:
            assert parse(each.written.split(", ")[0], each.unit) > 0


def test_a_default_that_is_a_number_has_a_source(found: Reference) -> None:
    for each in found.fields:
        if each.unit and each.default not in {"required", "not stated", "none"}:
            assert each.source, f"{found.name}.{each.name}"


def test_the_rule_is_the_one_that_is_checked() -> None:
    rule = Amount("fraction", above=0.0, at_most=1.0)
    assert rule.rule == "above 0 %, at most 100 %"
    with pytest.raises(ValueError, match="above 0 %"):
        rule.read(0)
    with pytest.raises(ValueError, match="at most 100 %"):
        rule.read("120 %")
    assert Amount("s").rule == ""


def test_one_field_is_explained_with_unit_range_default_and_source() -> None:
    printed = said("database", "reserved")
    for words in ("connection", "whole", "3 connections", "PostgreSQL 15 documentation"):
        assert words in printed


def test_a_field_of_what_stands_by_name_is_found_by_its_end() -> None:
    assert reference("broker").field("members").name == "readers.*.members"


def test_plans_of_the_catalogue_are_named_where_they_fit() -> None:
    assert "supabase.compute.micro" in reference("database").plans
    assert "supabase.compute.micro" not in reference("queue").plans


@pytest.mark.parametrize(
    ("vendor", "kind", "unfit"),
    [
        ("aws.elasticache.", "memory_store", "websocket"),
        ("aws.rds.", "database", "document_store"),
        ("aws.rds_mysql.", "database", "service"),
        ("mongodb.", "document_store", "database"),
    ],
)
def test_a_product_is_offered_to_what_it_is_and_to_nothing_else(
    vendor: str, kind: str, unfit: str
) -> None:
    assert any(plan.startswith(vendor) for plan in reference(kind).plans)
    assert not [plan for plan in reference(unfit).plans if plan.startswith(vendor)]


@pytest.mark.parametrize(
    ("words", "nearest"),
    [(["databse"], "'database'"), (["database", "max_conections"], "'max_connections'")],
)
def test_what_is_misspelt_names_the_nearest(words: list[str], nearest: str) -> None:
    result = CliRunner().invoke(app, ["explain", *words])
    assert isinstance(result.exception, ValueError)
    assert nearest in str(result.exception)


def test_all_kinds_are_listed_and_drawings_keep_their_lines() -> None:
    listed = said()
    assert all(name in listed for name in subjects())
    assert "10.7 jobs/s ─▶" in said("queue")
    assert "\\x0a" not in said("queue")


def test_json_holds_the_same() -> None:
    record = json.loads(said("queue", "--json"))
    assert record["schema_version"] == 1
    fields = {each["name"]: each for each in record["subjects"][0]["fields"]}
    assert fields["workers"]["default"] == "required"

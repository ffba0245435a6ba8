"""The catalogue is found by the words that people type, and says what is nearest to a slip."""

from __future__ import annotations

import json

import pytest

from planning.numbers.catalog import CatalogError, shipped_catalog
from planning.numbers.catalog_words import SYNONYMS, Written, nothing_found, wanted


def keys(words):
    return [row.key for row in shipped_catalog().search(words.split())]


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ("postgres connections", "google.cloud_sql.n1_standard_2.max_connections"),
        ("PostgreSQL connection", "neon.launch.cu_1.max_connections"),
        ("postgres pool", "neon.launch.cu_1.pool_size"),
        ("mysql price", "google.cloud_sql.n1_standard_1.hourly"),
        ("gpt", "openai.gpt_4o_tier_1.requests"),
        ("gpt-5.4 nano", "openai.gpt_5_4_nano_tier_1.tokens"),
        ("chatgpt rpm", "openai.gpt_5_6_sol_tier_1.requests"),
        ("claude tokens", "anthropic.opus_4_tier_1.output_quota"),
        ("llm rate limits", "groq.llama_3_1_8b.free.requests"),
        ("bucket", "cloudflare.r2.price"),
        ("object storage gcp", "google.cloud_storage.standard.read_price"),
        ("redis", "google.memorystore.basic_1gb.memory"),
        ("redis connections", "heroku.redis.premium_0.connections"),
        ("egress", "google.egress.first_1tb.price"),
        ("bandwidth render", "hosting.render.egress.price"),
        ("gcp", "google.firestore.standard.document_writes"),
        ("gcp gpu", "gpu.google.l4.hourly"),
        ("mongo", "mongodb.atlas.m10.max_connections"),
        ("mongodb ram", "mongodb.atlas.m60.memory"),
        ("function", "hosting.vercel.fluid_standard.concurrent"),
        ("serverless price", "cloudflare.workers_paid.price"),
        ("firebase writes", "google.firestore.free.writes"),
        ("load balancer", "aws.alb.lcu.connections"),
        ("next.js", "node.measured.next_static_ssr.throughput"),
        ("heroku", "heroku.dyno.basic.memory"),
    ],
)
def test_words_find_a_row(words, key):
    assert key in keys(words)


def test_email_finds_a_mail_service():
    assert any(key.startswith("aws.ses.") for key in keys("email"))


@pytest.mark.parametrize(
    ("words", "vendor"),
    [("gpt", "anthropic"), ("gcp", "aws"), ("redis", "openai"), ("ses", "node")],
)
def test_words_do_not_find_what_is_something_else(words, vendor):
    assert not any(key.startswith(f"{vendor}.") for key in keys(words))


def test_every_word_narrows_the_search():
    assert set(keys("google connections")) < set(keys("google"))
    assert keys("google connections") == keys("connections google")


def test_a_row_that_is_called_so_comes_before_one_whose_note_says_so():
    found = keys("pooler")
    named = [Written.of(key, "").holds("pooler") for key in found]
    assert named == sorted(named, reverse=True)
    assert len(set(named)) == 2


def test_a_whole_key_finds_its_row_first():
    assert keys("neon.launch.cu_1.max_connections") == ["neon.launch.cu_1.max_connections"]


def test_no_word_lists_all():
    assert len(keys("")) == len(shipped_catalog().rows)


def test_every_synonym_finds_a_row():
    for word in SYNONYMS:
        assert keys(word), word


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("posgres", "no row holds 'posgres'; did you mean 'postgres'?"),
        ("redis conections", "no row holds 'conections'; did you mean 'connections'?"),
        ("googel", "did you mean 'google'?"),
        ("xyzzyq", "no row holds 'xyzzyq'; try another word, or none to list all."),
    ],
)
def test_a_slip_is_answered_with_the_nearest_word(words, said):
    with pytest.raises(CatalogError) as caught:
        shipped_catalog().search(words.split())
    assert said in str(caught.value)


def test_words_that_no_row_holds_together_are_counted():
    rows = [Written.of("redis.default.connections", ""), Written.of("openai.gpt.tokens", "")]
    assert nothing_found(["redis", "gpt"], rows) == (
        "no row holds all of these words: 'redis' is in 1, 'gpt' is in 1; try fewer."
    )


def test_a_long_word_is_cut_in_the_error():
    with pytest.raises(CatalogError) as caught:
        shipped_catalog().search(["x" * 10_000])
    assert len(str(caught.value)) < 200


def test_two_words_that_are_one_name_are_taken_together():
    assert wanted(["load", "balancer"]) == ["load_balancer"]
    assert wanted(["rate limits", "gpt"]) == ["rate_limits", "gpt"]
    assert wanted(["balancer", "load"]) == ["balancer", "load"]


def test_the_command_finds_by_synonym_and_says_the_nearest(cli):
    rows = json.loads(cli("catalog", "gcp", "postgres", "connections", "--json").stdout)["rows"]
    assert {row["key"].rpartition(".")[2] for row in rows} == {"max_connections"}
    run = cli("catalog", "posgres")
    assert run.returncode == 2
    assert "did you mean 'postgres'?" in run.stderr

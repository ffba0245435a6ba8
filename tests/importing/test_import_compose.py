"""Docker Compose: replicas, pools and limits, from the file to the hand-computed connections."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest

from planning.questions.assess import Verdict

DATABASE = """\
  db:
    image: postgres:16
    command: postgres -c max_connections=MOST -c superuser_reserved_connections=5
"""


def compose(services, most=100):
    return "services:\n" + services + DATABASE.replace("MOST", str(most))


WEB = """\
  web:
    image: shop
    command: gunicorn shop.wsgi --workers 4 --threads=2
    environment:
      DATABASE_URL: postgresql://shop:pw@db:5432/shop?connection_limit=5&pool_timeout=7
    deploy:
      replicas: 3
      update_config: {order: start-first, parallelism: 2}
      resources: {limits: {cpus: "1.5", memory: 512M}}
"""


def test_pools_times_processes_times_replicas_times_surge(imported):
    found = imported({"compose.yaml": compose(WEB)})
    # 3 replicas × 4 workers × 5; two new ones beside them while deploying
    assert found.load("db connections with full pools") == 3 * 4 * 5
    assert found.load("db connections while deploying") == (3 + 2) * 4 * 5
    assert found.limit("db connections while deploying") == 100 - 5
    assert found.result.verdict is Verdict.FAILS
    assert found.result.binding.name == "db connections while deploying"


def test_every_number_has_its_file_and_line(imported):
    found = imported({"compose.yaml": compose(WEB)})
    where = {
        "parts.web.replicas": "compose.yaml:8 services.web.deploy.replicas",
        "parts.web.processes": "compose.yaml:4 services.web.command --workers",
        "parts.web.threads": "compose.yaml:4 services.web.command --threads",
        "parts.web.pool_size": "compose.yaml:6 services.web.environment.DATABASE_URL"
        " connection_limit",
        "parts.web.cores": "compose.yaml:10 services.web.deploy.resources.limits.cpus",
        "parts.db.max_connections": "compose.yaml:13 services.db.command max_connections",
    }
    assert {path: found.source(path) for path in where} == where
    assert found.value("parts.web.pool_wait_limit") == 7
    assert found.value("parts.web.memory") == 512e6
    assert found.value("parts.web.cores") == 1.5


def test_old_stops_first_unless_the_file_says_otherwise(imported):
    web = WEB.replace("order: start-first, parallelism: 2", "order: stop-first")
    found = imported({"compose.yaml": compose(web)})
    assert found.load("db connections while deploying") == 3 * 4 * 5


def test_an_update_of_all_at_once_doubles(imported):
    web = WEB.replace("parallelism: 2", "parallelism: 0")
    found = imported({"compose.yaml": compose(web)})
    assert found.load("db connections while deploying") == 2 * 3 * 4 * 5


def test_a_list_of_variables_reads_as_a_mapping_does(imported):
    worker = """\
  worker:
    image: shop
    command: ["celery", "-A", "shop", "worker", "--concurrency=8"]
    environment:
      - DB_HOST=db
      - DB_POOL_SIZE=3
    scale: 2
"""
    found = imported({"compose.yaml": compose(worker)})
    assert found.load("db connections with full pools") == 2 * 8 * 3
    assert found.source("parts.worker.pool_size").startswith("compose.yaml:7 ")


def test_the_overflow_of_a_pool_counts(imported):
    web = WEB.replace("?connection_limit=5&pool_timeout=7", "").replace(
        "    environment:\n", "    environment:\n      POOL_SIZE: 20\n      MAX_OVERFLOW: 15\n"
    )
    found = imported({"compose.yaml": compose(web)})
    assert found.value("parts.web.pool_size") == 35
    assert "20 + 15" in found.source("parts.web.pool_size")


def test_what_no_file_says_is_assumed_and_told(imported):
    web = "  web: {image: shop, environment: {DATABASE_URL: 'postgres://u@db/x'}}\n"
    found = imported({"compose.yaml": "services:\n" + web + "  db: {image: 'postgres:16'}\n"})
    assert found.value("parts.web.pool_size") == 10
    assert "kind: assumed" in next(x for x in found.text.splitlines() if "pool_size" in x)
    assert any("web: no file says the size of its pool" in line for line in found.told)
    assert any("web: no file says how many cores" in line for line in found.told)
    assert any("db: no file says max_connections" in line for line in found.told)
    assert "#   web: no file says the size of its pool; 10 is taken" in found.text


def test_a_default_of_a_variable_is_the_number(imported):
    web = WEB.replace("connection_limit=5&pool_timeout=7", "x=1").replace(
        "    deploy:", "      PG_POOL_MAX: ${POOL:-6}\n    deploy:"
    )
    found = imported({"compose.yaml": compose(web)})
    assert found.value("parts.web.pool_size") == 6


def test_a_pooler_between(imported):
    web = WEB.replace("@db:5432", "@bouncer:6432")
    bouncer = """\
  bouncer:
    image: edoburu/pgbouncer:latest
    environment: {DB_HOST: db, MAX_CLIENT_CONN: 80, DEFAULT_POOL_SIZE: 25, POOL_MODE: transaction}
"""
    found = imported({"compose.yaml": compose(web + bouncer)})
    assert found.limit("bouncer clients while deploying") == 80
    assert found.load("bouncer clients while deploying") == 100
    assert found.load("db connections while deploying") == 25
    assert found.result.system.parts["bouncer"].mode == "transaction"


def test_what_holds_no_connection_is_listed(imported):
    others = "  cache: {image: 'redis:7'}\n  site: {image: site, ports: ['80:80']}\n"
    found = imported({"compose.yaml": compose(WEB + others)})
    assert set(found.result.system.parts) == {"web", "db"}
    assert any("services.cache: redis is not read" in line for line in found.told)
    assert any("site: no pool and no database" in line for line in found.told)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("Web-Front.End", "web_front_end"),
        ("'1: x # y'", "x_1_x_y"),
        ('"a\\"b\\\\"', "a_b"),
        ("'{evil}'", "evil"),
        ("'数据'", "service"),
        ("'a'''", "a"),
        ('"tab\\there"', "tab_here"),
        ('"line\\nbreak: yes"', "line_break_yes"),
        ("'*star'", "star"),
        ("x" * 300, "x" * 32),
        ("null", "null"),
        ("Wörker", "worker"),
    ],
)
def test_a_service_may_be_called_anything(imported, name, part):
    web = dedent(WEB).replace("web:", f"{name}:", 1)
    found = imported({"compose.yaml": compose("".join(f"  {x}\n" for x in web.splitlines()))})
    assert part in found.result.system.parts


def test_names_that_become_the_same_word_are_told_apart(imported):
    again = WEB.replace("web:", "WEB:", 1)
    found = imported({"compose.yaml": compose(WEB + again, 500)})
    assert {"web", "web_2"} <= set(found.result.system.parts)
    assert found.load("db connections with full pools") == 2 * 3 * 4 * 5


def test_variables_in_a_file_of_their_own(imported):
    web = "  web: {image: shop, env_file: .env, command: 'gunicorn x -w 2'}\n"
    other = "  job: {image: shop, environment: {DATABASE_URL: 'postgres://db/x?pool=4'}}\n"
    variables = "# pools\nexport DB_POOL_SIZE=7\nDATABASE_URL='postgres://u:p@db/x'\n"
    found = imported({"compose.yaml": compose(web + other), ".env": variables})
    assert found.load("db connections with full pools") == 2 * 7 + 4
    assert found.source("parts.web.pool_size") == ".env:2 DB_POOL_SIZE"


def test_a_mysql_has_the_default_of_mysql(imported):
    text = (
        "services:\n  web: {image: x, environment: {DB_URL: 'mysql://my/x?connection_limit=40'},"
        " deploy: {replicas: 4}}\n  my: {image: 'mysql:8'}\n"
    )
    found = imported({"compose.yaml": text})
    assert found.limit("my connections with full pools") == 151
    assert found.load("my connections with full pools") == 160


def test_the_example_of_the_readme_comes_out_as_it_says(imported):
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    (section,) = re.findall(r"### Configuration you have already\n(.*?)\n### ", readme, re.DOTALL)
    (text,) = re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)
    ((name, number),) = re.findall(r"```text\n(.*?)  (\d+) connections\n```", section)
    found = imported({"compose.yaml": text})
    assert found.load(name) == int(number)
    assert found.limit(name) == 97
    assert "secret" not in found.text


def test_a_setting_that_sounds_like_a_pool_and_is_not_understood_is_listed(imported):
    more = (
        "      SHARD_POOLS: 3\n      APP_POOL_SIZE: ${POOL}\n      POOL_RECYCLE: 300\n"
        "      POOL_TOKEN: 4\n    deploy:"
    )
    found = imported({"compose.yaml": compose(WEB.replace("    deploy:", more))})
    told = [line for line in found.told if "environment" in line]
    assert [line.partition("environment.")[2].partition(":")[0] for line in told] == [
        "SHARD_POOLS", "APP_POOL_SIZE",
    ]  # fmt: skip


def test_a_service_that_connects_past_the_pooler_counts_at_the_database(imported):
    web = WEB.replace("@db:5432", "@bouncer:6432")
    worker = "  worker: {image: shop, environment: {DB_HOST: db, DB_POOL_SIZE: 9}}\n"
    bouncer = """\
  bouncer:
    image: bitnami/pgbouncer
    environment: {POSTGRESQL_HOST: db, PGBOUNCER_MAX_CLIENT_CONN: 500, PGBOUNCER_DEFAULT_POOL_SIZE: 25}
"""  # noqa: E501
    found = imported({"compose.yaml": compose(web + worker + bouncer)})
    assert found.load("bouncer clients with full pools") == 60
    assert found.load("db connections with full pools") == 25 + 9


def test_two_poolers_each_with_their_own_clients(imported):
    services = "".join(
        f"  {name}: {{image: x, environment: {{DB_URL: 'postgres://{pool}/x?pool=30'}}}}\n"
        f"  {pool}: {{image: pgbouncer, environment: {{DB_HOST: db, DEFAULT_POOL_SIZE: {size}}}}}\n"
        for name, pool, size in (("web", "front", 20), ("jobs", "back", 7))
    )
    found = imported({"compose.yaml": compose(services)})
    assert found.load("front clients with full pools") == 30
    assert found.load("back clients with full pools") == 30
    assert found.load("db connections with full pools") == 27


@pytest.mark.parametrize(("least", "most", "idle"), [(2, 20, 100), (0, 8, 0)])
def test_pools_that_keep_a_minimum_hold_it_while_idle(imported, least, most, idle):
    # 50 agents that keep two connections each fill a server of 100 before any query
    agent = (
        "  agent:\n    image: agent\n    deploy: {replicas: 50}\n    environment:\n"
        f"      POSTGRES_URL: postgres://u:p@db/x\n      POSTGRES_POOL_MAX: {most}\n"
        f"      POSTGRES_POOL_MIN: {least}\n"
    )
    database = "  db: {image: 'postgres:16'}\n"
    found = imported({"compose.yaml": f"services:\n{agent}{database}"})
    assert found.limit("db connections") == 97
    assert found.load("db connections") == pytest.approx(idle, abs=0.1)
    assert found.load("db connections with full pools") == 50 * most
    assert found.result.verdict is Verdict.FAILS

"""PgBouncer and PostgreSQL: what they accept and open."""

from __future__ import annotations

import pytest

from planning.importing.formats import read_file

INI = """\
; a pooler
[databases]
app = host=main.example.net port=5432 dbname=app user=u password='host=secret x'
reports = host=main.example.net pool_size=5

[pgbouncer]
listen_port = 6432
max_client_conn = 1500
default_pool_size = 20
reserve_pool_size = 10
pool_mode = session
query_wait_timeout = 600
shiny_new_setting = 3
"""


def read(tmp_path, name, text):
    path = tmp_path / name
    path.write_text(text)
    return read_file(path)


def test_pools_of_all_databases_with_their_reserve(tmp_path):
    reading = read(tmp_path, "pgbouncer.ini", INI)
    (pooler,) = reading.found
    # 20 + 10 of the first database, 5 + 10 of the second
    assert pooler.facts["pool_size"].value == 45
    assert "pgbouncer.ini:9 default_pool_size" in pooler.facts["pool_size"].source
    assert pooler.facts["max_clients"].value == 1500
    assert pooler.facts["wait_limit"].value == 600
    assert pooler.mode == "session"
    assert pooler.hosts == ["main", "main"]
    assert reading.left_out == ["pgbouncer.ini:13 shiny_new_setting"]


def test_a_ceiling_per_database_bounds_pool_and_reserve(tmp_path):
    text = INI.replace("reserve_pool_size = 10", "reserve_pool_size = 2000\nmax_db_connections=50")
    (pooler,) = read(tmp_path, "pgbouncer.ini", text).found
    assert pooler.facts["pool_size"].value == 100


def test_what_an_ini_does_not_say_is_pgbouncers_default(tmp_path):
    (pooler,) = read(tmp_path, "x.ini", "[pgbouncer]\n").found
    assert (pooler.facts["max_clients"].value, pooler.facts["pool_size"].value) == (100, 20)
    assert {fact.kind for fact in pooler.facts.values()} == {"vendor"}
    assert pooler.mode == "session"


def test_pooler_and_server_alone_are_held_against_each_other(imported):
    # One pooler whose pool and reserve may open more than the server takes.
    ini = "[databases]\n* = host=db\n[pgbouncer]\nmax_client_conn=1500\ndefault_pool_size=800\n"
    ini += "reserve_pool_size=2000\n"
    found = imported({"pgbouncer.ini": ini, "postgresql.conf": "max_connections = 1000\n"})
    assert found.load("postgres connections with full pools") == 1500
    assert found.limit("postgres connections with full pools") == 997


CONF = """\
# - Connection Settings -
#max_connections = 50
max_connections = 100                   # (change requires restart)
superuser_reserved_connections = 4
reserved_connections = 2
shared_buffers = 128MB
max_connections = '250'
include 'more.conf'
"""


def test_the_last_line_of_a_setting_holds(tmp_path):
    reading = read(tmp_path, "postgresql.conf", CONF)
    (server,) = reading.found
    assert server.facts["max_connections"].value == 250
    assert server.facts["max_connections"].source == "postgresql.conf:7 max_connections"
    assert server.facts["reserved"].value == 6
    assert reading.left_out == ["postgresql.conf:8 include: the included file was not read"]


TABLE = """\
              name              | setting | unit
--------------------------------+---------+------
 max_connections                | 300     |
 superuser_reserved_connections | 3       |
(2 rows)
"""


@pytest.mark.parametrize(
    "text",
    [
        "name,setting,unit\nmax_connections,300,\nsuperuser_reserved_connections,3,\n",
        '"name","setting"\n"max_connections","300"\n"superuser_reserved_connections","3"\n',
        "name\tsetting\nmax_connections\t300\nsuperuser_reserved_connections\t3\n",
        "name;setting\nmax_connections;300\nsuperuser_reserved_connections;3\n",
        TABLE,
    ],
)
def test_pg_settings_in_whatever_form_psql_prints_it(tmp_path, text):
    (server,) = read(tmp_path, "settings.txt", text).found
    assert {name: fact.value for name, fact in server.facts.items()} == {
        "max_connections": 300, "reserved": 3,
    }  # fmt: skip


def test_a_setting_that_is_no_number_is_listed(tmp_path):
    reading = read(tmp_path, "postgresql.conf", "max_connections = many\n")
    assert "postgresql.conf:1 max_connections: no whole number" in reading.left_out


def test_settings_of_a_server_are_those_of_the_only_server(imported):
    compose = (
        "services:\n  web: {image: x, environment: {URL: 'postgres://db/x?connection_limit=30'}}\n"
        "  db: {image: postgres}\n"
    )
    found = imported({"compose.yaml": compose, "postgresql.conf": CONF})
    assert found.limit("db connections with full pools") == 244


def test_files_that_contradict_each_other_are_told(imported):
    compose = (
        "services:\n  web: {image: x, environment: {URL: 'postgres://db/x?connection_limit=30'}}\n"
        "  db: {image: postgres, command: postgres -c max_connections=60}\n"
    )
    found = imported({"compose.yaml": compose, "postgresql.conf": CONF})
    assert found.value("parts.db.max_connections") == 60
    (told,) = [line for line in found.told if "the first is kept" in line]
    assert "compose.yaml:3 services.db.command max_connections says 60" in told
    assert "postgresql.conf:7 max_connections says 250" in told

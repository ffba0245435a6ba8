"""Names of settings and connection URLs, in the manner of each library; and no secret kept."""

from __future__ import annotations

import pytest

from planning.importing.found import Found, Where
from planning.importing.settings import field_of, take


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("DB_POSTGRESDB_POOL_SIZE", "pool_size"),
        ("connection_limit", "pool_size"),
        ("spring.datasource.hikari.maximum-pool-size", "pool_size"),
        ("spring.datasource.hikari.minimum-idle", "pool_warm"),
        ("SQLALCHEMY_MAX_OVERFLOW", "max_overflow"),
        ("POSTGRES_POOL_MAX", "pool_size"),
        ("POSTGRES_POOL_MIN", "pool_warm"),
        ("POSTGRES_MAX_CONNECTIONS", "pool_size"),
        ("pool_max_conns", "pool_size"),
        ("DB_MAX_OPEN_CONNS", "pool_size"),
        ("WEB_CONCURRENCY", "processes"),
        ("RAILS_MAX_THREADS", "threads"),
        ("REDIS_POOL_SIZE", None),
        ("CELERY_BROKER_POOL_LIMIT", None),
        ("HTTP_POOL_SIZE", None),
        ("POOL_SIZE_TOKEN", None),
        ("PORT", None),
        ("MAX_CONNECTIONS", None),
    ],
)
def test_a_name_is_known_by_its_end(name, known):
    assert field_of(name) == known


@pytest.mark.parametrize(
    ("url", "facts", "hosts"),
    [
        (
            "postgresql://u:p@db:5432/app?schema=public&connection_limit=5&pool_timeout=20",
            {"pool_size": 5, "pool_wait_limit": 20},
            ["db"],
        ),
        ("postgresql+psycopg2://u:p@main.local/app?pool_size=8&max_overflow=2",
         {"pool_size": 8, "max_overflow": 2}, ["main"]),
        ("jdbc:postgresql://pg-1:5432/app?maximumPoolSize=12", {"pool_size": 12}, ["pg-1"]),
        ("postgres://u:p@db/app?pool=5", {"pool_size": 5}, ["db"]),
        ("postgres://u:p@db/app?pool_max_conns=9", {"pool_size": 9}, ["db"]),
        ("mysql2://u:p@my/app?pool=3", {"pool_size": 3}, ["my"]),
        ("postgres://db/app?max=20#x", {"pool_size": 20}, ["db"]),
        # a password that is not encoded: nothing of it may become a host
        ("postgres://u:p@ss@db/app", {}, []),
        ("postgres://u:p/w@db/app?pool=5", {"pool_size": 5}, []),
        ("postgres://u:p?w@db/app?pool=5", {}, []),
        ("postgres://${USER}:${PASSWORD}@${HOST}/app?pool=5", {"pool_size": 5}, []),
    ],
)  # fmt: skip
def test_urls_give_their_pool_and_their_host(url, facts, hosts):
    found = Found("service", "app")
    assert take(found, "DATABASE_URL", url, Where("x"))
    assert {name: fact.value for name, fact in found.facts.items()} == facts
    assert found.hosts == hosts
    assert found.uses_database


SECRET = "hunter2"
LEAKY = {
    "compose.yaml": f"""\
services:
  web:
    image: shop:1
    command: gunicorn shop -w 2 --env API_KEY={SECRET} {SECRET}
    environment:
      DATABASE_URL: postgres://u:{SECRET}@db/{SECRET}?pool_size=5&password={SECRET}&sslkey={SECRET}
      OTHER_URL: postgres://{SECRET}:{SECRET}@{SECRET}/x@{SECRET}
      DB_PASSWORD: {SECRET}
      DB_POOL_SIZE_KEY: {SECRET}
      DB_HOST: "{SECRET} {SECRET}"
      POOL_SIZE: {SECRET}
      GITHUB_TOKEN: {SECRET}
    labels: [{SECRET}]
  db: {{image: "postgres:16", environment: [POSTGRES_PASSWORD={SECRET}, {SECRET}, "a{SECRET}=b"],
        command: postgres -c max_connections={SECRET}}}
""",
    "pgbouncer.ini": f"""\
[databases]
x = host=db password={SECRET} pool_size={SECRET}
y = host=db password='it''s {SECRET} host={SECRET}'
{SECRET}
[pgbouncer]
max_client_conn = {SECRET}
auth_query = {SECRET}
pool_mode = {SECRET}
{SECRET}
un known {SECRET} = {SECRET}
""",
    ".env": f"DB_PASSWORD={SECRET}\nURL=postgres://u:{SECRET}@db/x\n{SECRET}\nPOOL_SIZE={SECRET}\n",
    "settings.py": f"PASSWORD = '{SECRET}'\ncreate_engine('postgres://u:{SECRET}@db', "
    "pool_size=4)\n",
    "postgresql.conf": f"max_connections = 90\nprimary_conninfo = 'password={SECRET}'\n{SECRET}\n",
    "config.yaml": f"password: {SECRET}\n{SECRET}: 1\n",
}


@pytest.mark.parametrize("name", list(LEAKY))
def test_no_secret_is_written_or_told(name, tmp_path, cli):
    files = {name, "compose.yaml"}
    for each in files:
        (tmp_path / each).write_text(LEAKY[each])
    run = cli("import", *sorted(files), cwd=tmp_path)
    assert run.returncode == 0
    written = (tmp_path / "imported.yaml").read_text()
    assert "value: 5 connection" in written
    assert SECRET not in written + run.stdout + run.stderr


BROKEN = {
    "alias.yaml": f"a: *{SECRET}\n",
    "anchor.yaml": f"a: &{SECRET} 1\n",
    "tag.yaml": f"a: !{SECRET} 1\n",
    "quote.yaml": f'services: {{a: "{SECRET}\n',
    "colon.yaml": f"a: b: {SECRET}\n",
    "twice.yaml": f"{SECRET}: 1\n{SECRET}: 2\n",
    "tab.yaml": f"a:\n\t{SECRET}: 1\n",
    "template.yaml": "a: {{ ." + SECRET + " }}\n",
    "cut.json": f'{{"password": "{SECRET}',
}


@pytest.mark.parametrize("name", list(BROKEN))
def test_no_secret_is_in_an_error(name, tmp_path, cli):
    (tmp_path / name).write_text(BROKEN[name])
    run = cli("import", name, cwd=tmp_path)
    assert run.returncode == 2
    assert SECRET not in run.stdout + run.stderr
    assert len(run.stderr.splitlines()) <= 2
    assert name in run.stderr
    assert not (tmp_path / "imported.yaml").exists()


@pytest.mark.parametrize(
    ("name", "text", "pool"),
    [
        ("db.py", "engine = create_engine(url, pool_size=20, max_overflow=5)\n", 25),
        ("db.py", "engine = create_engine(\n    url,\n    pool_size=20,\n)\n", 30),
        ("settings.py", "DATABASES = {'default': {'OPTIONS': {'pool': {'min_size': 2, 'max_size': "
         "9}}}}\n", 9),
        ("db.ts", "const pool = new Pool({\n  connectionString: url,\n  max: 15,\n});\n", 15),
        ("knexfile.js", "module.exports = knex({ client: 'pg', pool: { min: 0, max: 7 } })\n", 7),
        ("application.properties", "spring.datasource.url=jdbc:postgresql://db/x\n"
         "spring.datasource.hikari.maximum-pool-size=12\n", 12),
        ("main.go", "db.SetMaxOpenConns(25)\n", 25),
    ],
)  # fmt: skip
def test_a_pool_in_a_programs_own_text(imported, name, text, pool):
    found = imported({name: text, "postgresql.conf": "max_connections = 103\n"})
    assert found.load("postgres connections with full pools") == pool
    assert found.limit("postgres connections with full pools") == 100


def test_a_maximum_of_something_else_is_no_pool(tmp_path):
    from planning.importing.formats import read_file

    path = tmp_path / "app.ts"
    path.write_text("const upload = limit({ max: 50 });\n")
    assert not read_file(path).found


@pytest.mark.parametrize(
    ("options", "threads", "pool"),
    [
        ("", "", 1),
        ("", " --threads 4", 4),
        ("'OPTIONS': {'pool': {'max_size': 6}}", " --threads 4", 6),
    ],
)
def test_django_opens_a_connection_in_each_thread(imported, options, threads, pool):
    settings = (
        "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql',\n"
        f"    'PASSWORD': '{SECRET}', 'CONN_MAX_AGE': 60, {options}}}}}\n"
    )
    compose = (
        f"services:\n  web: {{image: x, command: 'gunicorn shop.wsgi -w 3{threads}', "
        "deploy: {replicas: 2}, depends_on: [db]}\n  db: {image: 'postgres:16'}\n"
    )
    found = imported({"compose.yaml": compose, "settings.py": settings})
    assert found.load("db connections with full pools") == 2 * 3 * pool
    assert SECRET not in found.text

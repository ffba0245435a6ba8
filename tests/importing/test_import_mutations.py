"""Every value of a good file replaced by a wrong one: nothing but a clear error comes of it."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

from planning.importing.formats import import_files
from planning.importing.sources import read_source
from planning.numbers.reading import FileError
from planning.questions.load import parse_system

# The files that the tests of each format read well.
MANIFEST = runpy.run_path(str(Path(__file__).with_name("test_import_kubernetes.py")))
PLAN = runpy.run_path(str(Path(__file__).with_name("test_import_terraform.py")))
COMPOSE = """\
services:
  web:
    image: shop
    command: gunicorn -w 2 shop
    env_file: [a.env]
    environment: {DATABASE_URL: "postgres://u:p@db/x?pool=5"}
    deploy:
      replicas: 3
      update_config: {order: start-first, parallelism: 2}
      resources: {limits: {cpus: "1", memory: 1G}}
    depends_on: [db]
  pool: {image: pgbouncer, environment: [DB_HOST=db, POOL_MODE=session, MAX_CLIENT_CONN=5]}
  db: {image: postgres, command: [postgres, -c, max_connections=50]}
"""
MANIFESTS = "".join(
    MANIFEST[name] for name in ("SETTINGS", "POD", "SCALER", "KEDA", "BOUNCER", "CLUSTER")
).replace("STRATEGY", "{}")
RESOURCES = ("DATABASE", "GROUP", "TASK", "SERVICE", "SCALING", "RUN", "CLOUD_SQL")
WRONG = (None, True, -1, 0, 1e300, "", "x", "-5", "a: b\n#\"'", [], [None], [[]], {}, {"a": {}}, 3)


def places(data, at=()):
    yield at
    if isinstance(data, dict):
        for key, value in data.items():
            yield from places(value, (*at, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from places(value, (*at, index))


def replaced(data, at, value):
    if not at:
        return value
    if isinstance(data, dict):
        return {k: replaced(v, at[1:], value) if k == at[0] else v for k, v in data.items()}
    return [replaced(v, at[1:], value) if k == at[0] else v for k, v in enumerate(data)]


def documents(tmp_path: Path, text: str):
    path = tmp_path / "whole.yaml"
    path.write_text(text)
    return [tree.data for tree in read_source(path).trees()]


def good(tmp_path: Path, name: str):
    """Return the data of a file that is read well."""
    if name == "plan":
        resources = [PLAN[each] for each in RESOURCES]
        return json.loads(PLAN["plan"](*resources, references=PLAN["REFERS"]))
    text = {"compose": COMPOSE, "manifests": MANIFESTS, "values": MANIFEST["VALUES"]}[name]
    each = documents(tmp_path, text.replace("MOST", "5").replace("ENABLED", "true"))
    return each[0] if len(each) == 1 else {"apiVersion": "v1", "kind": "List", "items": each}


def value_at(data, at):
    for step in at:
        data = data[step]
    return data


# What things are called, which the system file calls them as well.
NAMES = {"name", "address", "identifier", "family", "kind", "type"}


@pytest.mark.parametrize("name", ["compose", "manifests", "values", "plan"])
def test_no_text_of_a_file_gets_out_wherever_it_stands(tmp_path, name):
    whole = good(tmp_path, name)
    path = tmp_path / "changed.json"
    tried = 0
    for at in places(whole):
        if not isinstance(value_at(whole, at), str) or at[-1] in NAMES:
            continue
        path.write_text(json.dumps(replaced(whole, at, "hunter2")))
        tried += 1
        try:
            text, told = import_files([path])
        except FileError as error:
            text, told = str(error), []
        assert "hunter2" not in text + "\n".join(told), at
    assert tried > 5


@pytest.mark.parametrize("name", ["compose", "manifests", "values", "plan"])
def test_no_value_makes_a_reader_fall_over(tmp_path, name):
    whole = good(tmp_path, name)
    path = tmp_path / "changed.json"
    written = refused = 0
    for number, at in enumerate(places(whole)):
        value = WRONG[number % len(WRONG)]
        path.write_text(json.dumps(replaced(whole, at, value)))
        try:
            text, _ = import_files([path])
        except FileError:
            refused += 1
            continue
        if number % 3 == 0:  # building a system takes longer than reading its parts
            parse_system(text)
        written += 1
    assert written > 20
    assert refused < written

"""
The formats that are read: to add one, write a reader and name it here.

A file is known by what it says, and by its ending where that says little. The first that knows it
reads it; a YAML file may hold several documents, each known by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from planning.importing import (
    compose,
    kubernetes,
    pgbouncer,
    plain_text,
    postgres,
    terraform,
    values,
)
from planning.importing.found import Reading, Where
from planning.importing.linking import link
from planning.importing.sources import Source, Tree, read_source
from planning.importing.writing import system_text
from planning.numbers.reading import MAX_BYTES, FileError

KNOWN = (
    "Docker Compose, Kubernetes manifests, Helm values, pgbouncer.ini, postgresql.conf, "
    "pg_settings, .env, .properties, program text and Terraform plans as JSON"
)
MOST_FILES = 50

# Whether a format is this one, and what reads it: of whole files, and of one YAML document.
FILES: tuple[tuple[Callable[[Source], bool], Callable[[Source], Reading]], ...] = (
    (pgbouncer.is_ini, pgbouncer.read_ini),
    (postgres.is_settings, postgres.read_settings),
    (postgres.is_conf, postgres.read_conf),
    (plain_text.is_plain, plain_text.read_plain),
)
DOCUMENTS: tuple[tuple[Callable[[Tree], bool], Callable[[Source, Tree], Reading]], ...] = (
    (terraform.is_plan, terraform.read_plan),
    (compose.is_compose, compose.read_compose),
    (values.is_values, values.read_values),
)


def read_file(path: Path, manifests: list[tuple[Source, Tree]] | None = None) -> Reading:
    """
    Read one file of any known format; one that is none is listed as not understood.

    Parameters
    ----------
    path : Path
        The file.
    manifests : list, optional
        Takes the file's manifests of Kubernetes, to be read with those of other files; they are
        read by themselves if not given.

    Raises
    ------
    FileError
        If it cannot be read or is broken; the message quotes nothing of it.
    """
    source = read_source(path)
    together = [] if manifests is None else manifests
    reading = _read(source, together)
    if manifests is None:
        reading.add(kubernetes.read_manifests(together))
    return reading


def _read(source: Source, manifests: list[tuple[Source, Tree]]) -> Reading:
    if source.suffix in (".yaml", ".yml"):
        return _documents(source, source.trees(), manifests)
    if source.suffix == ".json":
        return _documents(source, [Tree(source.json(), {})], manifests)
    for knows, read in FILES:
        if knows(source):
            return read(source)
    reading = Reading()
    reading.skip(Where(source.name), f"no format that is read ({KNOWN})")
    return reading


def _documents(source: Source, trees: list[Tree], manifests: list[tuple[Source, Tree]]) -> Reading:
    reading = Reading()
    for tree in trees:
        if kubernetes.is_manifest(tree):
            manifests.append((source, tree))
            continue
        if len(source.text) > MAX_BYTES and not terraform.is_plan(tree):
            raise FileError(f"{source.name} has more than {MAX_BYTES / 1e6:g} MB and is no plan.")
        for knows, read in DOCUMENTS:
            if knows(tree):
                reading.add(read(source, tree))
                break
        else:
            reading.skip(Where(source.name, tree.line()), f"no document that is read ({KNOWN})")
    return reading


def import_files(paths: Iterable[Path]) -> tuple[str, list[str]]:
    """
    Read files and return a system file, and what was assumed or not understood, line by line.

    Raises
    ------
    FileError
        One line per file that cannot be read; or if nothing was understood.
    """
    files = list(dict.fromkeys(paths))
    if len(files) > MOST_FILES:
        raise FileError(f"{len(files)} files; at most {MOST_FILES} are read at once.")
    reading, errors, names = Reading(), [], []
    manifests: list[tuple[Source, Tree]] = []
    for path in files:
        try:
            reading.add(read_file(path, manifests))
            names.append(path.name)
        except FileError as error:
            errors.append(str(error))
    if errors:
        raise FileError("\n".join(errors))
    reading.add(kubernetes.read_manifests(manifests))
    linked = link(reading)
    told = [f"filled in: {line}" for line in linked.assumed]
    told += [f"not understood: {line}" for line in linked.left_out]
    return system_text(linked, names), told

"""The commented file that ``planning new`` writes: a small shop, ready to be changed."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

from planning.numbers.reading import FileError
from planning.numbers.writing import write_new
from planning.parts import kind_names

_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_-]{0,60}$")

STARTER = """\
# {title}: a system to plan for. Change the numbers, then:
#   planning assess {file}                 does it hold, what breaks first, why
#   planning phases {file}                 what each upgrade buys
#   planning events {file}                 what if everyone comes at once
#   planning report {file} --users 1000,10000
#
# A number is written with its unit: 250 ms, 1.5 Mbit/s, $0.10/GB, 70 %, 10k users.
# To say how sure you are and who says so, write it out:
#   {{value: 50 ms, low: 20 ms, high: 200 ms, kind: measured, source: "pg_stat_statements, May"}}
# kind is one of measured, vendor, document, assumed.
# Limits and prices of real plans need no copying: `planning catalog supabase micro` lists them,
#   plan: supabase.compute.micro     fills the fields of a part or a cost that you leave out
#   {{catalog: redis.upstash.fixed_250mb.monthly}}     stands for one number
title: {title}
summary: A web shop with app servers, PostgreSQL and a Redis cache.

workload:
  users: 500 users              # at the same time, today
  target: 10k users             # at the same time, to plan for
  activities:
    page:
      interval: {{value: 10 s, low: 5 s, high: 30 s, kind: assumed, source: "a click every 10 s"}}
      queries: 5                # database queries per page
      query_time: 10 ms         # how long one holds a database connection
      query_cpu: 2 ms           # database CPU per query
      cpu_time: 20 ms           # server CPU per page

parts:                          # kinds: {kinds}
  app:
    kind: service
    processes: 2                # over all hosts; one thread each
    cores: 2                    # over all hosts
    pool_size: 10               # database connections per process
    response_objective: 1 s
    memory: 2 GB
    memory_per_process: 150 MB
    memory_per_user: 100 kB
  cache:
    kind: cache
    hit_ratio: 60 %
  database:
    kind: database
    plan: supabase.compute.small  # fills max_connections, cores and memory
  budget:
    kind: budget
    monthly: $500/month

costs:
  hosting: {{monthly: $50/month}}
  database: {{plan: supabase.compute.small}}
  cache: {{plan: redis.upstash.fixed_250mb}}

phases:
  - name: Twice the servers
    why: CPU is what pages need first.
    changes:                    # fields to change, nested as above; null removes
      parts: {{app: {{processes: 4, cores: 4, memory: 4 GB}}}}
      costs: {{hosting: {{monthly: $100/month}}}}
    lead_time: 2 days

events:
  - name: A campaign goes out
    surge: {{users: 2000 users}}
"""


def starter_text(title: str, file: str) -> str:
    """Return the starter for a title and a file's name."""
    return STARTER.format(title=title, file=file, kinds=_kinds())


def write_starter(name: str, folder: Path) -> Path:
    """
    Write a commented system file and return its path.

    Parameters
    ----------
    name : str
        Letters, digits, ``_`` and ``-``; it becomes the file's name and title.
    folder : Path
        Where to write it.

    Raises
    ------
    FileError
        If the name is no plain word, the file exists already, or it cannot be written.
    """
    if not _NAME.match(name):
        raise FileError(
            f"{name[:60]!r} is no name for a file; use letters, digits, _ and -, as in 'my_shop'."
        )
    path = folder / f"{name}.yaml"
    title = name.replace("_", " ").replace("-", " ").capitalize()
    text = starter_text(title, path.name)
    try:
        write_new(path, text)
    except FileExistsError:
        raise FileError(f"{path} exists already; choose another name or remove it.") from None
    except OSError as error:
        raise FileError(f"{path}: cannot be written ({error.strerror}).") from None
    return path


def _kinds() -> str:
    """Return the names of all kinds of parts, wrapped as the comment they stand in."""
    names = ", ".join(sorted(kind_names()))
    return ("\n" + " " * 32 + "#   ").join(textwrap.wrap(names, 58))

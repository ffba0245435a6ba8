"""
What people type for what rows of the catalogue are called.

A row is called what its vendor calls it, ``google.cloud_sql.n1_standard_2.max_connections``, and
who looks for it may type ``gcp postgres connections``. So each word stands for itself, wherever it
is written in a row, and for the names in :data:`SYNONYMS`, which are whole words of a key::

    gcp      -> google
    bucket   -> s3, r2, cloud_storage, storage
    function -> lambda, functions, workers, cloud_run, ...

A plural is its singular, ``gpt-5.4`` is ``gpt_5_4``, and two words that are one name (``load
balancer``) are taken together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import groupby

_SHORT = 3  # letters up to which a word must be a whole one: "ses" is not in "processes"

_STORES_OF_SQL = ("postgres", "rds", "aurora", "cloud_sql", "neon", "supabase_compute",
                  "planetscale")  # fmt: skip
_MODELS = ("openai", "anthropic", "gemini", "groq", "mistral")
_IN_MEMORY = ("redis", "memorystore", "elasticache", "valkey", "upstash")
_MACHINES = ("ec2", "fargate", "fly", "dyno", "render", "railway", "cloud_run")
_FUNCTIONS = ("lambda", "functions", "workers", "cloud_run", "fluid", "durable_objects")
_BUCKETS = ("s3", "r2", "cloud_storage", "storage")
_SENT = ("egress", "cdn", "transfer", "bandwidth")
_QUOTAS = ("requests", "tokens", "input_quota", "output_quota", "concurrent")
_PICTURES = ("livekit", "bitrate", "media")

# By what each set of names means; several words of people's may mean the same.
_MEANINGS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("postgres postgresql pg", (*_STORES_OF_SQL, "pgbouncer", "supavisor")),
    ("mysql mariadb", ("rds", "aurora", "cloud_sql", "planetscale")),
    ("sql", _STORES_OF_SQL),
    ("database db", (*_STORES_OF_SQL, "mongodb", "firestore", "dynamodb")),
    ("document_store nosql", ("mongodb", "firestore", "dynamodb")),
    ("mongo", ("mongodb",)),
    ("firebase", ("firestore",)),
    ("pool pooler pooling", ("pool_size", "max_clients", "pgbouncer", "supavisor")),
    ("client", ("max_clients", "connections", "max_connections")),
    ("redis valkey memcached", _IN_MEMORY),
    ("cache", (*_IN_MEMORY, "cached_price")),
    ("gpt chatgpt", ("openai",)),
    ("claude", ("anthropic",)),
    ("llm ai language_model", _MODELS),
    ("llama", ("groq",)),
    ("token", ("tokens", "input_quota", "output_quota", "input_price", "output_price")),
    ("rpm", ("requests",)),
    ("tpm", ("tokens", "input_quota", "output_quota")),
    ("quota rate_limit ratelimit", _QUOTAS),
    ("gpu nvidia cuda", ("gpu",)),
    ("gcp google_cloud", ("google",)),
    ("amazon", ("aws",)),
    ("bucket blob gcs object_storage object_store", _BUCKETS),
    ("s3", ("s3",)),
    ("egress bandwidth traffic transfer", _SENT),
    ("email mail smtp", ("ses", "email", "mail")),
    ("function serverless faas lambda", _FUNCTIONS),
    ("worker", ("workers",)),
    ("vm server instance machine", _MACHINES),
    ("container docker", _MACHINES),
    ("k8s kubernetes", ("fargate", "container")),
    ("load_balancer balancer lb proxy", ("alb", "nlb", "balancer", "lcu")),
    ("queue", ("sqs", "queue")),
    ("websocket", ("socket", "realtime", "durable_objects")),
    ("video livestream webrtc sfu", _PICTURES),
    ("disk ssd volume", ("disk", "gp3", "io2", "ebs", "ssd", "volume")),
    ("ram", ("memory",)),
    ("cpu vcpu", ("cores", "core_hourly", "core_price", "cpu_limit")),
    ("price cost pricing", ("hourly", "monthly", "price", "per_user")),
    ("nextjs next_js", ("measured_next", "ssr_list_app_router", "ssr_list_pages_router")),
    ("nodejs node_js", ("node",)),
)
SYNONYMS = {word: names for words, names in _MEANINGS for word in words.split()}


@dataclass(frozen=True, slots=True)
class Written:
    """
    A row as it is searched.

    Attributes
    ----------
    text : str
        Its key and note, in small letters.
    words : str
        The words of its key, an underscore before and behind each.
    """

    text: str
    words: str

    @classmethod
    def of(cls, key: str, note: str) -> Written:
        """Return a row's text and words."""
        return cls(f"{key} {note}".lower(), f"_{key.replace('.', '_')}_")

    def holds(self, word: str) -> bool:
        """
        Return whether the row holds a word, or a name that the word stands for.

        Examples
        --------
        >>> row = Written.of("google.cloud_sql.n1_standard_2.hourly", "one zone")
        >>> [row.holds(word) for word in ("gcp", "postgres", "zones", "one", "on")]
        [True, True, True, True, False]
        """
        forms = _forms(word)
        if any(_literally(form, self.text) for form in forms):
            return True
        names = {name for form in forms for name in SYNONYMS.get(form, ())}
        return any(f"_{name}_" in self.words for name in names)


def wanted(words: Iterable[str]) -> list[str]:
    """
    Return the words of a search, those together that are one name.

    Examples
    --------
    >>> wanted(["AWS", "Load", "balancer", "price"])
    ['aws', 'load_balancer', 'price']
    """
    left = [part for word in words for part in word.lower().split()]
    found = []
    while left:
        pair = "_".join(left[:2])
        if len(left) > 1 and any(form in SYNONYMS for form in _forms(pair)):
            found.append(pair)
            left = left[2:]
        else:
            found.append(left.pop(0))
    return found


def nothing_found(words: Iterable[str], rows: Iterable[Written]) -> str:
    """
    Return why a search finds no row, and what would find one, as a sentence.

    A word that no row holds is named with the nearest that one does; where each is in some row,
    and no row holds all, it says how many rows hold each.

    Examples
    --------
    >>> rows = [Written.of("redis.default.connections", "a limit")]
    >>> nothing_found(["redis", "conections"], rows)
    "no row holds 'conections'; did you mean 'connections'?"
    """
    rows = list(rows)
    counts = {word: sum(row.holds(word) for row in rows) for word in wanted(words)}
    unknown = [word for word, count in counts.items() if not count]
    if not unknown:
        each = ", ".join(f"{word[:40]!r} is in {count}" for word, count in counts.items())
        return f"no row holds all of these words: {each}; try fewer."
    word = unknown[0][:80]
    known = {name for row in rows for name in row.words.strip("_").split("_")}
    known |= {name for name in SYNONYMS if any(row.holds(name) for row in rows)}
    near = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    hint = f"did you mean {near[0]!r}?" if near else "try another word, or none to list all."
    return f"no row holds {word!r}; {hint}"


def _forms(word: str) -> tuple[str, ...]:
    """Return what a word may be written as: itself, as in a key, without the end of a plural."""
    key = re.sub(r"[-.\s]+", "_", word.strip())
    single = key[:-1] if len(key) > _SHORT + 1 and key.endswith("s") else key
    return tuple(name for name, _ in groupby((word, key, single)))


def _literally(form: str, text: str) -> bool:
    if len(form) > _SHORT:
        return form in text
    return form in re.split(r"[^a-z0-9]+", text)

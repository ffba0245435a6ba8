"""Systems as a real server shows them: cards when somebody looks, and a page or a reason."""

from __future__ import annotations

import http.client
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PATIENCE = 60.0  # [s] on a busy machine
SCRIPT = """
from pathlib import Path
from planning.dashboard.contents import Contents, SystemEntry
from planning.dashboard.serve import serve
from planning.page.formulas import CannotCompile
from planning.present.cards import Card

def card():
    Path("looked").touch()
    return Card("Does not hold <b>", "bad")

def page(books):
    raise CannotCompile("pages have no counterpart of <odd>.")

odd = SystemEntry("odd", "Odd shop", card=card, page=page)
serve(lambda: Contents(systems=(odd, SystemEntry("bare", "Bare shop"))), port=0, warm=())
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory) -> Iterator[tuple[int, Path]]:
    """Port of a server, and the folder in which its cards leave a trace."""
    folder = tmp_path_factory.mktemp("served")
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT], cwd=folder, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    found = re.search(r"http://127\.0\.0\.1:(\d+)/", process.stdout.readline())
    assert found
    # The address is told before the first card is made: a port in use would be told sooner still.
    assert not (folder / "looked").exists()
    yield int(found[1]), folder
    process.send_signal(signal.SIGTERM)
    process.wait(20)
    process.stdout.close()


def asked(port: tuple[int, Path], path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port[0], timeout=PATIENCE)
    connection.request("GET", path)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


def test_a_visit_makes_the_cards(port: tuple[int, Path]) -> None:
    status, text = asked(port, "/")
    assert status == 200
    assert (port[1] / "looked").exists()
    assert '<p class="planning-said">Does not hold &lt;b&gt;</p>' in text
    assert text.count("Odd shop</span></a>") == 1
    assert "Bare shop</span></a>" not in text  # without a page it has no button


def test_a_system_that_no_page_can_compute_says_so_in_words(port: tuple[int, Path]) -> None:
    status, text = asked(port, "/planning/systems/odd")
    assert status == 422
    assert "<h1>Odd shop: no live page</h1>" in text
    assert "pages have no counterpart of &lt;odd&gt;." in text


@pytest.mark.parametrize("key", ["bare", "none"])
def test_what_has_no_page_or_is_not_there_is_not_found(port: tuple[int, Path], key: str) -> None:
    assert asked(port, f"/planning/systems/{key}")[0] == 404

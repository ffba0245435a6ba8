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

from planning.dashboard.warm import available

PATIENCE = 60.0  # [s] on a busy machine
SCRIPT = """
import os
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

def counted(books):
    number = len(list(Path().glob("made*")))
    Path(f"made{number}").touch()
    return f"<p>{Path('file').read_text()}, by process {os.getpid()}</p>"

def killed(books):
    os.kill(os.getpid(), 9)

def version():
    return Path("file").read_text()

if __name__ == "__main__":
    odd = SystemEntry("odd", "Odd shop", card=card, page=page)
    kept = SystemEntry("kept", "Kept shop", page=counted, version=version)
    lost = SystemEntry("lost", "Lost shop", page=killed)
    bare = SystemEntry("bare", "Bare shop")
    serve(lambda: Contents(systems=(odd, kept, lost, bare)), port=0, warm=())
"""


@pytest.fixture(scope="module")
def port(tmp_path_factory) -> Iterator[tuple[int, Path]]:
    """Port of a server, and the folder in which its cards leave a trace."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "file").write_text("first")
    (folder / "script.py").write_text(SCRIPT)
    process = subprocess.Popen(
        [sys.executable, "script.py"], cwd=folder, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    found = re.search(r"http://127\.0\.0\.1:(\d+)/", process.stdout.readline())
    assert found
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


def test_a_visit_shows_the_cards(port: tuple[int, Path]) -> None:
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


def test_a_page_is_kept_until_its_file_changes_and_then_made_anew(port: tuple[int, Path]) -> None:
    first = asked(port, "/planning/systems/kept")
    assert first[0] == 200
    assert first[1].startswith("<p>first, by process ")
    assert asked(port, "/planning/systems/kept") == first
    assert len(list(port[1].glob("made*"))) == 1
    (port[1] / "file").write_text("second")
    assert "<p>second, by process " in asked(port, "/planning/systems/kept")[1]
    assert len(list(port[1].glob("made*"))) == 2


@pytest.mark.skipif(not available(), reason="no process is forked here: the server makes pages")
def test_a_process_that_is_lost_is_told_and_the_server_goes_on(port: tuple[int, Path]) -> None:
    status, text = asked(port, "/planning/systems/lost")
    assert status == 503
    assert "ended before it was done" in text
    assert '<a class="planning-open" href="/planning/systems/lost">Try again</a>' in text
    assert asked(port, "/")[0] == 200


@pytest.mark.parametrize("key", ["bare", "none"])
def test_what_has_no_page_or_is_not_there_is_not_found(port: tuple[int, Path], key: str) -> None:
    assert asked(port, f"/planning/systems/{key}")[0] == 404

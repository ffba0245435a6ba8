"""Systems as a real server shows them: cards when somebody looks, and a page or a reason."""

from __future__ import annotations

import http.client
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlencode

import pytest
from jinja2 import Environment, FileSystemLoader

from planning.dashboard.comparing import choosing
from planning.dashboard.contents import Contents, SystemEntry
from planning.dashboard.entries import Shelf
from planning.dashboard.server import TEMPLATE
from planning.dashboard.warm import available
from planning.questions.compare import compare
from planning.questions.library import Library
from planning.questions.load import load_system, parse_system, system_names
from planning.system.starter import starter_text

PATIENCE = 60.0  # [s] on a busy machine
PAIR = "/planning/compare?first=hostile&second=ten_thousand_users"
SCRIPT = """
import os
from pathlib import Path
from planning.dashboard.contents import Contents, SystemEntry
from planning.dashboard.serve import serve
from planning.page.formulas import CannotCompile
from planning.present.cards import Card
from planning.questions.load import load_system, parse_system
from planning.system.starter import starter_text

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
    assert os.getpid() != int(Path("server").read_text())
    os.kill(os.getpid(), 9)

def ten_thousand():
    return load_system("ten_thousand_users")

def named_badly():
    return parse_system(starter_text("<script>alert(1)</script>", "shop.yaml"))

def version():
    return Path("file").read_text()

if __name__ == "__main__":
    Path("server").write_text(str(os.getpid()))
    odd = SystemEntry("odd", "Odd shop", card=card, page=page)
    kept = SystemEntry("kept", "Kept shop", page=counted, version=version)
    lost = SystemEntry("lost", "Lost shop", page=killed)
    bare = SystemEntry("bare", "Bare shop")
    shipped, hostile = ten_thousand(), named_badly()
    served = SystemEntry("ten_thousand_users", shipped.title, page=page, load=ten_thousand)
    bad = SystemEntry("hostile", hostile.title, load=named_badly)
    serve(lambda: Contents(systems=(odd, kept, lost, bare, served, bad)), port=0, warm=())
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


def posted(port: tuple[int, Path], path: str, form: dict[str, str], origin: str = "") -> int:
    """Send a form and return the status."""
    connection = http.client.HTTPConnection("127.0.0.1", port[0], timeout=PATIENCE)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request(
        "POST", path, urlencode(form), headers | ({"Origin": origin} if origin else {})
    )
    status = connection.getresponse().status
    connection.close()
    return status


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


def made_beside(port: tuple[int, Path]) -> None:
    """Wait until pages are made in processes of their own."""
    server, end = (port[1] / "server").read_text(), time.monotonic() + PATIENCE
    while time.monotonic() < end:
        (port[1] / "file").write_text(f"at {time.monotonic()}")
        if not asked(port, "/planning/systems/kept")[1].endswith(f"by process {server}</p>"):
            return
    raise AssertionError("the server makes its pages itself")


def test_a_page_is_kept_until_its_file_changes_and_then_made_anew(port: tuple[int, Path]) -> None:
    first = asked(port, "/planning/systems/kept")
    assert first[0] == 200
    assert first[1].startswith("<p>first, by process ")
    assert asked(port, "/planning/systems/kept") == first
    many = len(list(port[1].glob("made*")))
    (port[1] / "file").write_text("second")
    assert "<p>second, by process " in asked(port, "/planning/systems/kept")[1]
    assert len(list(port[1].glob("made*"))) == many + 1


@pytest.mark.skipif(not available(), reason="no process is forked here: the server makes pages")
def test_a_process_that_is_lost_is_told_and_the_server_goes_on(port: tuple[int, Path]) -> None:
    made_beside(port)
    status, text = asked(port, "/planning/systems/lost")
    assert status == 503
    assert "ended before it was done" in text
    assert '<a class="planning-open" href="/planning/systems/lost">Try again</a>' in text
    assert asked(port, "/")[0] == 200


def test_two_systems_stand_side_by_side(port: tuple[int, Path]) -> None:
    status, text = asked(port, f"{PAIR}&users=500")
    one = parse_system(starter_text("<script>alert(1)</script>", "shop.yaml"))
    found = compare(one, load_system("ten_thousand_users"), 500.0)
    assert status == 200
    for side in (found.before, found.after):
        assert f"<dd>{side.edge.users:,.0f} users</dd>" in text
        assert f"<dd>{side.edge.binding.name}</dd>" in text
    assert 'href="systems/ten_thousand_users#users=500"' in text
    assert 'href="systems/hostile' not in text  # it has no page
    assert '<option value="hostile" selected>' in text
    assert 'value="500"' in text


def test_a_comparison_holds_no_script_whatever_a_title_says(port: tuple[int, Path]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port[0], timeout=PATIENCE)
    connection.request("GET", PAIR)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    assert "<h1>&lt;script&gt;alert(1)&lt;/script&gt; beside " in text
    assert "<script" not in text
    rules = answer.headers["Content-Security-Policy"]
    assert "script-src 'none'" in rules
    assert "style-src 'sha256-" in rules
    assert "form-action 'self'" in rules


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        (f"{PAIR}&users=0", 200, "Both hold 0 users."),
        (f"{PAIR}&users=1e12", 200, "Neither holds 1,000,000,000,000 users."),
        (f"{PAIR}&users=10k", 200, "Neither holds 10,000 users."),
        (f"{PAIR}&users=1e13", 422, "write a number from 0 to 1,000,000,000,000"),
        (f"{PAIR}&users=1e400", 422, "too large"),
        (f"{PAIR}&users=nan", 422, "is not a quantity"),
        (f"{PAIR}&users=-1", 422, "write a number from 0"),
        (f"{PAIR}&users=5+apples", 422, "apples"),
        (f"{PAIR}&users={'9' * 9000}", 422, "is not a quantity"),
        (f"{PAIR}&users=%ff", 400, "cannot be read"),
        ("/planning/compare?first=hostile&second=../x", 404, "no system &#39;../x&#39; here"),
        ("/planning/compare?first=%3Cb%3E&second=hostile", 404, "&lt;b&gt;"),
        ("/planning/compare?first=bare&second=hostile", 404, "&#39;bare&#39;"),
        ("/planning/compare?first=hostile&second=hostile", 200, "Nothing that counts differs."),
        ("/planning/compare?first=ten_thousand_users", 200, "<h1>Compare two systems</h1>"),
        ("/planning/compare", 200, "<h1>Compare two systems</h1>"),
    ],
)
def test_an_address_is_answered_in_one_clear_page(
    port: tuple[int, Path], query: str, status: int, words: str
) -> None:
    found, text = asked(port, query)
    assert (found, words in text) == (status, True)
    assert "Traceback" not in text


def test_with_one_system_chosen_the_form_asks_for_another(port: tuple[int, Path]) -> None:
    _, text = asked(port, "/planning/compare?first=ten_thousand_users")
    first, second = re.findall(r'<select id="two-.*?</select>', text, re.DOTALL)
    assert '<option value="ten_thousand_users" selected>' in first
    assert '<option value="hostile" selected>' in second


def test_ones_own_file_is_compared_only_from_our_own_pages(port: tuple[int, Path]) -> None:
    form = {
        "from": "text",
        "text": starter_text("My shop", "my_shop.yaml"),
        "first": "ten_thousand_users",
        "users": "500",
    }
    path, here = "/planning/own/compare", f"http://127.0.0.1:{port[0]}"
    assert posted(port, path, form) == 403
    assert posted(port, path, form, "https://evil.example") == 403
    assert posted(port, path, form | {"first": "odd"}, here) == 422
    assert posted(port, path, form | {"users": "nan"}, here) == 422
    assert posted(port, path, form | {"text": "title: x"}, here) == 422
    assert posted(port, path, form, here) == 303


def test_one_system_alone_is_offered_no_comparison() -> None:
    template = Environment(loader=FileSystemLoader(TEMPLATE), autoescape=True).get_template(
        "landing.html.j2"
    )
    entries = [SystemEntry(key, key, load=partial(load_system, key)) for key in system_names()[:2]]
    alone, both = (
        template.render(**choosing(Contents(systems=tuple(entries[:count])))) for count in (1, 2)
    )
    assert "Compare two systems" not in alone
    assert "Compare two systems" in both


@pytest.mark.parametrize("key", ["bare", "none"])
def test_what_has_no_page_or_is_not_there_is_not_found(port: tuple[int, Path], key: str) -> None:
    assert asked(port, f"/planning/systems/{key}")[0] == 404


def test_a_system_is_read_again_once_a_file_of_it_was_changed(tmp_path: Path) -> None:
    file, table = tmp_path / "shop.yaml", tmp_path / "hours.csv"
    text = starter_text("Shop", "shop.yaml")
    table.write_text("time\n20\n30\n40\n")
    assert "query_time: 10 ms" in text
    text = text.replace("query_time: 10 ms", "query_time: {samples: hours.csv, unit: ms}")
    file.write_text(text)
    shelf = Shelf(Library((file,)), {"shop"})

    def now() -> tuple[SystemEntry, object]:
        entry = next(each for each in shelf.entries() if each.key == "shop")
        return entry, entry.version()

    first, version = now()
    assert first.own
    assert now() == (first, version)
    table.write_text("time\n200\n300\n400\n500\n")
    second, later = now()
    assert later != version
    assert second.load is not None
    slow = second.load().inputs["workload.activities.page.query_time"].estimate.value
    assert 0.2 <= slow <= 0.5
    file.write_text(text.replace("title: Shop", "title: Another shop"))
    assert now()[0].title == "Another shop"
    file.write_text("title: [")
    assert now()[0].title == "Another shop"  # its page says what is wrong
    with pytest.raises(ValueError, match=r"shop\.yaml"):
        now()[0].load()

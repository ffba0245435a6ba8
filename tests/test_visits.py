"""Kernels of a real server: alone they stop, too many are refused, and none is another's."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import uuid

import nbformat
import pytest
import tornado.ioloop
import tornado.websocket

from planning.dashboard.visits import without_folders

START, PATIENCE = 60.0, 60.0  # [s] on a busy machine
LONELY = 6.0  # [s]
MOST = 3


def notebook(path, *cells):
    kinds = nbformat.v4
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = kinds.new_notebook(
        cells=[kinds.new_code_cell(text) for text in cells], metadata={"kernelspec": kernel}
    )
    nbformat.write(made, path)


PID = "import os; print(f'<{os.getpid()}>')"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Host, port and printed lines of a server with three small workbooks."""
    root = tmp_path_factory.mktemp("project")
    (root / "workbooks").mkdir()
    notebook(root / "workbooks/quick.ipynb", PID)
    notebook(root / "workbooks/slow.ipynb", PID, "import time; time.sleep(90)")
    notebook(root / "workbooks/fails.ipynb", f"open({str(root / 'plans/none.yaml')!r})")
    command = [sys.executable, "-m", "planning.dashboard.serve", "--root", str(root), "--port", "0"]
    process = subprocess.Popen(
        [*command, "--most", str(MOST), "--lonely", str(LONELY)],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    lines, ready = [], threading.Event()

    def read():
        for line in process.stdout:
            lines.append(line)
            if "Ctrl-C" in line:
                ready.set()
        ready.set()

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    ready.wait(START)
    found = re.search(r"http://([^:]+):(\d+)/", "".join(lines))
    assert found, "".join(lines)
    yield found[1], int(found[2]), lines
    process.send_signal(signal.SIGTERM)
    process.wait(20)
    reader.join()
    process.stdout.close()


def asked(site, path, method="GET", **headers):
    connection = http.client.HTTPConnection(*site[:2], timeout=PATIENCE)
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, answer.headers, body


class Visit:
    """An open page, as far as a server can tell."""

    def __init__(self, site, text):
        config = re.search(r'id="jupyter-config-data" type="application/json">(.*?)<', text)[1]
        config = json.loads(config)
        self.site, self.text = site, text
        self.kernel, self.token = config["kernelId"], config["planningToken"]
        pid = re.search(r"&lt;(\d+)&gt;|<(\d+)>", text)
        self.pid = int(pid[1] or pid[2]) if pid else 0

    def fares(self):
        return asked(self.site, f"/planning/alive/{self.kernel}/{self.token}")[2]

    def leave(self):
        return left(self.site, self.kernel, self.token)


def left(site, kernel, token):
    origin = f"http://{site[0]}:{site[1]}"
    return asked(site, f"/planning/leave/{kernel}/{token}", "POST", Origin=origin)[0]


def opened(site, name="quick"):
    end = time.monotonic() + PATIENCE
    while True:
        status, _, text = asked(site, f"/voila/render/workbooks/{name}.ipynb")
        if status == 200:
            return Visit(site, text)
        # What an earlier test left alone is still being stopped.
        assert status == 503
        assert time.monotonic() < end
        time.sleep(0.5)


def begun(site, name):
    """Open a workbook whose last cell takes long; return the visit and its connection."""
    connection = http.client.HTTPConnection(*site[:2], timeout=PATIENCE)
    connection.request("GET", f"/voila/render/workbooks/{name}.ipynb")
    answer = connection.getresponse()
    text = ""
    while not re.search(r"&lt;\d+&gt;|<\d+>", text):
        text += answer.read1().decode()
    return Visit(site, text), connection


def until(question, *wanted, seconds=PATIENCE):
    end = time.monotonic() + seconds
    while (found := question()) not in wanted:
        assert time.monotonic() < end, found
        time.sleep(0.2)
    return found


@contextlib.contextmanager
def page(visit):
    """Connect as the page of a kernel does, in a loop of its own."""
    done, state = threading.Event(), {}
    address = f"ws://{visit.site[0]}:{visit.site[1]}/api/kernels/{visit.kernel}/channels"

    async def talk():
        state["socket"] = await tornado.websocket.websocket_connect(
            f"{address}?session_id={uuid.uuid4().hex}"
        )
        state["loop"] = tornado.ioloop.IOLoop.current()
        done.set()
        while await state["socket"].read_message() is not None:
            pass

    def run():
        try:
            tornado.ioloop.IOLoop().run_sync(talk)
        finally:
            done.set()

    thread = threading.Thread(target=run)
    thread.start()
    assert done.wait(PATIENCE)
    loop = state["loop"]
    try:
        yield lambda message: loop.add_callback(
            lambda: state["socket"].write_message(json.dumps(message))
        )
    finally:
        loop.add_callback(lambda: state["socket"].close())
        thread.join()


def runs(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_kernel_whose_page_never_came_is_stopped(site):
    visit = opened(site)
    assert visit.fares() == "yes"
    until(lambda: runs(visit.pid), False)
    assert visit.fares() == "no"


def test_a_page_that_asks_but_is_slow_to_connect_keeps_its_kernel_for_a_while(site):
    visit = opened(site)
    end = time.monotonic() + 2 * LONELY
    while time.monotonic() < end:
        assert visit.fares() == "yes"
        time.sleep(0.5)
    until(visit.fares, "no")


def test_a_kernel_stays_while_its_page_is_there_and_stops_after_it(site):
    visit = opened(site)
    with page(visit):
        end = time.monotonic() + 3 * LONELY
        while time.monotonic() < end:
            assert visit.fares() == "yes"
            time.sleep(0.5)
    assert visit.fares() == "yes"  # a reload takes a moment
    until(visit.fares, "no")


def test_one_visitor_too_many_is_asked_to_wait_and_then_let_in(site):
    visits = []
    with contextlib.ExitStack() as pages:
        for _ in range(MOST):
            visits.append(opened(site))
            pages.enter_context(page(visits[-1]))
        status, headers, text = asked(site, "/voila/render/workbooks/quick.ipynb?users=5")
        assert status == 503
        assert int(headers["Retry-After"]) > 0
        assert "All places are taken" in text
        assert 'http-equiv="refresh"' in text
        assert 'href="/voila/render/workbooks/quick.ipynb?users=5"' in text
        assert visits[0].leave() == 204
        assert asked(site, "/voila/render/workbooks/quick.ipynb")[0] == 200


def test_a_kernel_that_died_or_hangs_is_told_at_once(site):
    visit = opened(site)
    with page(visit):
        os.kill(visit.pid, signal.SIGSTOP)
        began = time.monotonic()
        assert visit.fares() == "hangs"
        os.kill(visit.pid, signal.SIGCONT)
        until(visit.fares, "yes")
        os.kill(visit.pid, signal.SIGKILL)
        until(visit.fares, "no", seconds=began + PATIENCE - time.monotonic())
        # It is not started anew under its old number, where it would know nothing of its page.
        time.sleep(LONELY)
        assert visit.fares() == "no"


def test_a_kernel_that_works_for_long_is_told_and_stopped_when_its_reader_gives_up(site):
    visit, connection = begun(site, "slow")
    until(visit.fares, "busy")
    connection.close()
    until(lambda: runs(visit.pid), False, seconds=30)


@pytest.mark.parametrize("who", ["cross-site", "same-site"])
def test_another_site_starts_no_kernel(site, who):
    for _ in range(2 * MOST):
        status, _, text = asked(
            site, "/voila/render/workbooks/quick.ipynb?a=1&b=%22", Sec_Fetch_Site=who
        )
        assert status == 403
    # Its reader may still open it.
    assert 'href="/voila/render/workbooks/quick.ipynb?a=1&amp;b=%22"' in text
    assert opened(site).leave() == 204


@pytest.mark.parametrize("who", ["same-origin", "none"])
def test_our_own_pages_and_the_reader_start_one(site, who):
    opened(site).leave()
    status, _, text = asked(site, "/voila/render/workbooks/quick.ipynb", Sec_Fetch_Site=who)
    assert status == 200
    assert Visit(site, text).leave() == 204


def test_who_knows_a_kernels_number_cannot_stop_it(site):
    mine, other = opened(site), opened(site)
    with page(other) as send:
        assert left(site, other.kernel, mine.token) == 403
        assert left(site, other.kernel, "0" * 64) == 403
        assert asked(site, f"/planning/alive/{other.kernel}/{mine.token}")[2] == "no"
        for path in (f"/api/kernels/{other.kernel}", f"/voila/api/kernels/{other.kernel}"):
            cookie = {"Cookie": "_xsrf=a", "X-XSRFToken": "a"}
            assert asked(site, path, "DELETE", **cookie)[0] in (403, 404, 405)
        assert asked(site, f"/voila/api/shutdown/{other.kernel}", "POST")[0] in (204, 403)
        header = {
            "msg_id": "1", "msg_type": "shutdown_request", "session": "s", "username": "",
            "version": "5.3", "date": "2026-01-01T00:00:00Z",
        }  # fmt: skip
        for channel in ("control", "shell"):
            send({
                "channel": channel, "header": header, "parent_header": {}, "metadata": {},
                "content": {"restart": False},
            })  # fmt: skip
        time.sleep(1.0)
        assert other.fares() == "yes"
    assert mine.leave() == 204
    until(mine.fares, "no")
    assert other.leave() == 204


def test_a_workbook_that_failed_names_the_file_and_no_folder(site):
    visit = opened(site, "fails")
    assert "No such file or directory: &#39;none.yaml&#39;" in visit.text
    assert "plans" not in visit.text
    visit.leave()
    # Its author finds the folder where the server was started.
    until(lambda: any("plans/none.yaml" in line for line in site[2]), True)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("/srv/data", "data"),
        ("at /srv/a/c.py:3, 1/2 of km/h, http://a/b/c", "at c.py:3, 1/2 of km/h, http://a/b/c"),
        ("File </a/b/c.py>", "File </a/b/c.py>"),
    ],
)
def test_folders_are_left_out_of_messages(text, wanted):
    assert without_folders(text) == wanted


def odd_addresses():
    """Addresses that no page of ours has, by the part in which they are odd."""
    names = [
        "%00", "%00.html", "x%00.html", "%ff", "%c3%28", "%e2%82", "%", "%%", "%zz", "%2", "%2e%2e",
        "..%2f..%2fetc%2fpasswd", "....//....//etc/passwd", "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "..\\..\\x", "%5c..%5c", "C:%5cx", "/etc/passwd", "//etc/passwd", "~root", "a" * 5000,
        "a" * 300 + ".html", "\u00ff".encode("latin1"), "%0d%0aX-Odd:%201", "%F0%9F%98%80",
        "$(id)", "{{7*7}}", "%7b%7b7*7%7d%7d", "<script>", "%3Cscript%3E", "'\"", ";", "?", "??",
    ]  # fmt: skip
    places = [
        "/", "/planning/reports/0/", "/planning/systems/", "/planning/live/a/", "/voila/render/",
        "/voila/templates/", "/voila/static/", "/planning/assets/", "/voila/labextensions/",
        "/api/kernels/", "/planning/alive/", "/voila/api/themes/",
    ]  # fmt: skip
    for place in places:
        for name in names:
            yield place.encode() + (name if isinstance(name, bytes) else name.encode())
    yield b"/planning/reports/" + b"9" * 5000 + b"/index.html"
    yield b"/planning/reports/99999999/index.html"
    yield from (b"/login", b"/logout", b"/logout?next=//x", b"/api", b"/metrics", b"/api/status")


def answer_to(site, address):
    """Status and body, asked for without the checks of a client library."""
    import socket

    with socket.create_connection(site[:2], timeout=PATIENCE) as wire:
        wire.sendall(
            b"GET " + address + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        text = b""
        while piece := wire.recv(65536):
            text += piece
    head, _, body = text.partition(b"\r\n\r\n")
    return int(head.split()[1]) if head else 400, body.decode(errors="replace")


def test_no_odd_address_is_an_error_of_ours_or_names_a_folder(site, tmp_path_factory):
    addresses = list(odd_addresses())
    assert len(addresses) > 200
    here = [
        str(tmp_path_factory.getbasetemp()),
        os.path.dirname(without_folders.__code__.co_filename),
    ]
    wrong = []
    for address in addresses:
        status, body = answer_to(site, address)
        named = [each for each in [*here, sys.prefix, "Traceback", "root:x:"] if each in body]
        if status >= 500 or named:
            wrong.append((status, address[:60], named))
    assert not wrong


@pytest.mark.parametrize("name", ["template", "theme", "token", "system"])
def test_no_odd_query_is_an_error_of_ours(site, name):
    for value in ("%00", "%ff", "..%2f..%2fetc%2fpasswd", "a" * 3000):
        end = time.monotonic() + PATIENCE
        path = f"/voila/render/workbooks/quick.ipynb?{name}={value}"
        while (found := asked(site, path))[0] == 503:
            assert time.monotonic() < end
            time.sleep(0.5)
        assert found[0] in (200, 400), (name, value, found[0])
        if found[0] == 200:
            Visit(site, found[2]).leave()


def test_our_pages_may_run_only_what_is_written_in_them(site):
    for path in ("/", "/nothing"):
        policy = asked(site, path)[1]["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
    policy = asked(site, "/voila/render/workbooks/quick.ipynb", Sec_Fetch_Site="cross-site")[1]
    assert "unsafe" not in policy["Content-Security-Policy"]

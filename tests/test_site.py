"""A folder of live pages: an index and a page per system, relative, self-contained, strict."""

from __future__ import annotations

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from planning.batch import site
from planning.batch.site import INDEX, index_html, refuse_doubles, write_site
from planning.numbers.reading import FileError
from planning.page.formulas import CannotCompile
from planning.system.starter import write_starter


class Addresses(HTMLParser):
    """What the elements of a page point at, and which elements there are."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.elements: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.found += [value or "" for name, value in attrs if name in ("href", "src", "action")]


@pytest.fixture
def folder(tmp_path: Path, cli, monkeypatch) -> Path:
    """What the command writes of a file with an awkward name and of a shipped system."""
    monkeypatch.chdir(tmp_path)
    shutil.move(write_starter("shop", tmp_path), tmp_path / "my #1 shop.yaml")
    run = cli("site", "my #1 shop.yaml", "ten_thousand_users", "--out", "public")
    assert run.returncode == 0, run.stderr
    assert "public/index.html" in run.stdout
    return tmp_path / "public"


def test_it_is_whole_relative_and_without_a_trace_of_this_machine(folder: Path) -> None:
    names = {"index.html", "my #1 shop.html", "ten_thousand_users.html"}
    assert {path.name for path in folder.iterdir()} == names
    index = Addresses((folder / INDEX).read_text("utf-8"))
    pages = [unquote(each) for each in index.found if each != "data:,"]
    assert pages == ["my #1 shop.html", "ten_thousand_users.html"]
    assert not index.elements & {"script", "img", "iframe"}
    for path in folder.iterdir():
        text = path.read_text("utf-8")
        assert str(folder.parent) not in text
        assert not re.findall(r"""(?:href|src)=["'](?:https?:)?/""", text)
        assert text.count('http-equiv="Content-Security-Policy" content="default-src \'none\'') == 1
        assert "unsafe" not in text.partition("</head>")[0].partition("<style")[0]
    assert '\\"home\\":\\"index.html\\"' in (folder / "my #1 shop.html").read_text("utf-8")


def test_the_index_has_the_cards_when_it_was_made_and_by_what(folder: Path) -> None:
    text = (folder / INDEX).read_text("utf-8")
    assert text.count('<li class="planning-card') == 2
    assert "Does not hold 10,000 users" in text
    assert re.search(r"Made on \d\d \w+ \d{4} by planning \d", text)


def test_a_title_stays_text() -> None:
    assert "<img" not in index_html([], "<img src=x>", "<img src=y>")


def test_a_system_that_no_page_can_compute_keeps_its_card_and_is_told(
    tmp_path: Path, systems, monkeypatch, capsys
) -> None:
    import sys

    def refuse(*_: object, **__: object) -> str:
        raise CannotCompile("pages have no counterpart of odd().")

    monkeypatch.setattr(site, "page_html", refuse)
    chosen = {"shop": systems["ten_thousand_users"]}
    assert write_site(chosen, tmp_path, sys.stderr) == 1
    assert "shop: no page: pages have no counterpart of odd()." in capsys.readouterr().err
    text = (tmp_path / INDEX).read_text("utf-8")
    assert "Without a page: pages have no counterpart of odd()." in text
    assert 'class="planning-open"' not in text


@pytest.mark.parametrize("names", [["shop", "SHOP"], ["index"], ["Index"]])
def test_no_page_replaces_another(names: list[str]) -> None:
    with pytest.raises(FileError, match="rename"):
        refuse_doubles(names)


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path, cli) -> None:
    (tmp_path / "file").touch()
    run = cli("site", "ten_thousand_users", "--out", str(tmp_path / "file"))
    assert run.returncode == 2
    assert len(run.stderr.splitlines()) == 1
    assert "file" in run.stderr

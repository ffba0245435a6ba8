"""A full disk: what was there stays, and no half of a file is left."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from planning.numbers.writing import write_new, write_whole

# A process that may write a thousand bytes to a file, as on a disk that is nearly full.
_NEARLY_FULL = """
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
from pathlib import Path
from planning.numbers import writing
try:
    getattr(writing, sys.argv[1])(Path(sys.argv[2]), "x" * 5000)
except OSError as error:
    print(error.filename)
"""


def on_a_full_disk(function: str, path: Path) -> str:
    """Return the file that the error names."""
    told = subprocess.run(
        [sys.executable, "-c", _NEARLY_FULL, function, str(path)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return told.stdout.strip()


def test_an_older_file_outlives_a_full_disk(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    write_whole(path, "older")
    assert on_a_full_disk("write_whole", path) == str(path)
    assert path.read_text() == "older"
    assert list(tmp_path.iterdir()) == [path]


def test_no_half_of_a_new_file_is_left(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    assert on_a_full_disk("write_new", path) == str(path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_not_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "shop.yaml"
    write_new(path, "mine\r\n")
    with pytest.raises(FileExistsError):
        write_new(path, "yours")
    assert path.read_bytes() == b"mine\r\n"


def test_a_pipe_stays_a_pipe(tmp_path: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-c", "from pathlib import Path; from planning.numbers import writing; "
         "writing.write_whole(Path('/dev/stdout'), 'told')"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout == "told"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="directory"):
        write_whole(tmp_path, "text")

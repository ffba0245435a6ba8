"""The wheel and the source archive carry what they need; the wheel works away from the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
import zipfile
from pathlib import Path

import pytest

from planning.numbers.shipped import data_folder, workbooks_folder
from planning.questions.load import system_names

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory):
    """Return the command of the wheel, installed into an environment of its own."""
    folder = tmp_path_factory.mktemp("an empty environment")
    venv.create(folder, with_pip=False)
    python = folder / "bin/python"
    (wheel,) = built.glob("*.whl")
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps",
         "--no-index", str(wheel)],
        check=True, capture_output=True,
    )  # fmt: skip
    # The dependencies are those of this environment, so that no network is needed; a path in a
    # .pth file is not searched for further .pth files, so this checkout stays out.
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"])
    return python


def run(python, *arguments, cwd):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    # Dependencies bring files outside site-packages as well (nbconvert's templates).
    environment["JUPYTER_PATH"] = f"{sys.prefix}/share/jupyter"
    return subprocess.run(
        [str(python), "-m", "planning", *arguments],
        cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=180,
    )  # fmt: skip


def test_the_wheel_carries_code_systems_workbooks_and_pages(built):
    (wheel,) = built.glob("*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    wanted = {f"planning/_shipped/data/systems/{name}.yaml" for name in system_names()}
    wanted |= {
        f"planning/_shipped/{path.relative_to(data_folder().parent).as_posix()}"
        for folder in ("catalog", "claims", "examples")
        for path in (data_folder() / folder).iterdir()
    }
    wanted |= {
        f"planning/_shipped/{path.relative_to(data_folder().parent).as_posix()}"
        for path in (data_folder() / "incidents").glob("*/*.yaml")
    }
    wanted |= {f"planning/_shipped/workbooks/{p.name}" for p in workbooks_folder().glob("*.ipynb")}
    wanted |= {"planning/py.typed", "planning/present/static/board.css"}
    wanted |= {"planning/dashboard/template/landing.html.j2"}
    assert wanted <= names
    assert not [name for name in names if name.endswith((".png", ".pyc"))]


def test_the_source_archive_can_build_and_test(built):
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as content:
        names = {name.partition("/")[2] for name in content.getnames()}
    assert {"pyproject.toml", "Makefile", "requirements.lock", "LICENSE", "README.md"} <= names
    assert {"tests/requirements.lock", "workbooks/report.ipynb"} <= names


def test_the_wheel_runs_every_command_on_a_users_own_file(installed, tmp_path):
    where = run(installed, "--version", cwd=tmp_path)
    assert where.stdout.startswith("planning ")
    assert run(installed, "new", "my_shop", cwd=tmp_path).returncode == 0
    assert json.loads(run(installed, "assess", "my_shop.yaml", "--json", cwd=tmp_path).stdout)
    for command in ("events", "phases"):
        assert run(installed, command, "my_shop.yaml", cwd=tmp_path).returncode in {0, 10, 20}
    assert json.loads(run(installed, "schema", cwd=tmp_path).stdout)
    assert "ten_thousand_users" in run(installed, "systems", cwd=tmp_path).stdout
    report = run(installed, "report", "my_shop.yaml", "--users", "100", cwd=tmp_path)
    assert report.returncode == 0, report.stderr
    assert (tmp_path / "reports/my_shop/100/report.html").exists()


def test_the_wheel_is_what_was_tested(installed, tmp_path):
    code = "import planning; print(planning.__file__)"
    found = subprocess.run(
        [str(installed), "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert str(ROOT) not in found.stdout

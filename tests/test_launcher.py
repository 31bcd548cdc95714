"""The launcher: one command on a fresh machine, and one clear line when it cannot be."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import SimpleNamespace

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.txt", "requirements-dev.txt")


@pytest.fixture
def launcher(tmp_path, monkeypatch):
    """The launcher in a folder of its own, with a pip that only writes down what it was asked for."""
    shutil.copy(ROOT / "onnuri", tmp_path)
    (tmp_path / "requirements.txt").write_text("numpy==1 \\\n", "utf-8")
    (tmp_path / "requirements-dev.txt").write_text("numpy==1 \\\npytest==1 \\\n", "utf-8")
    module = loaded(tmp_path / "onnuri", monkeypatch)
    monkeypatch.setattr(module, "make_empty", lambda: make_empty(module))
    monkeypatch.setattr(module, "install", lambda lock: module.done.append(lock.name))
    module.done = []
    return module


def loaded(file, monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader = SourceFileLoader("launcher", str(file))
    module = module_from_spec(spec_from_loader("launcher", loader))
    loader.exec_module(module)
    return module


def make_empty(module):
    module.done.append("empty")
    shutil.rmtree(module.VENV, ignore_errors=True)
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    (module.VENV / "lib" / version / "site-packages").mkdir(parents=True)
    module.PYTHON.parent.mkdir()
    module.PYTHON.write_text('#!/bin/sh\necho "$PYTHONPATH" "$@"\n', "utf-8")
    module.PYTHON.chmod(0o755)


def test_the_environment_is_made_once(launcher):
    launcher.prepare(launcher.RUNTIME)
    launcher.prepare(launcher.RUNTIME)

    assert launcher.done == ["empty", "requirements.txt"]


def test_a_changed_lock_is_installed_into_the_same_environment(launcher):
    launcher.prepare(launcher.RUNTIME)

    launcher.RUNTIME.write_text("numpy==2 \\\n", "utf-8")
    launcher.prepare(launcher.RUNTIME)

    assert launcher.done == ["empty", "requirements.txt", "requirements.txt"]


def test_what_checks_also_runs_but_not_the_other_way(launcher):
    launcher.prepare(launcher.RUNTIME)
    launcher.prepare(launcher.DEV)
    launcher.prepare(launcher.RUNTIME)

    assert launcher.done == ["empty", "requirements.txt", "requirements-dev.txt"]


def test_an_interrupted_install_is_begun_again_from_nothing(launcher, monkeypatch):
    whole_install = launcher.install
    monkeypatch.setattr(launcher, "install", interrupted)
    with pytest.raises(KeyboardInterrupt):
        launcher.prepare(launcher.RUNTIME)

    monkeypatch.setattr(launcher, "install", whole_install)
    launcher.prepare(launcher.RUNTIME)

    assert launcher.done == ["empty", "empty", "requirements.txt"]


def interrupted(_lock):
    raise KeyboardInterrupt


def test_an_environment_survives_an_index_that_cannot_be_reached(launcher, monkeypatch):
    launcher.prepare(launcher.RUNTIME)
    before = launcher.stamped()

    launcher.RUNTIME.write_text("numpy==2 \\\n", "utf-8")
    monkeypatch.setattr(launcher, "install", unreachable(launcher))
    with pytest.raises(launcher.Untouched):
        launcher.prepare(launcher.RUNTIME)

    assert launcher.stamped() == before


def test_a_first_install_without_network_leaves_nothing_behind(launcher, monkeypatch):
    monkeypatch.setattr(launcher, "install", unreachable(launcher))

    with pytest.raises(launcher.Untouched):
        launcher.prepare(launcher.RUNTIME)

    assert not launcher.VENV.exists()


def unreachable(launcher):
    def install(_lock):
        raise launcher.Untouched(launcher.explain(["WARNING: Retrying (Retry(total=4)) after connection broken\n"]))

    return install


def test_an_environment_that_was_moved_is_made_anew(launcher, tmp_path, monkeypatch):
    launcher.prepare(launcher.RUNTIME)

    elsewhere = shutil.copytree(tmp_path, tmp_path / "elsewhere")
    moved = loaded(elsewhere / "onnuri", monkeypatch)

    assert launcher.is_ready(launcher.RUNTIME)
    assert not moved.is_ready(moved.RUNTIME)


def test_another_python_needs_another_environment(launcher, monkeypatch):
    launcher.prepare(launcher.RUNTIME)

    monkeypatch.setattr(launcher, "place", lambda: f"{launcher.ROOT} python 3.99")

    assert not launcher.is_ready(launcher.RUNTIME)


def test_onnuri_can_be_imported_from_any_folder(launcher):
    launcher.prepare(launcher.RUNTIME)

    [path_file] = launcher.VENV.glob("lib/python*/site-packages/*.pth")

    assert path_file.read_text("utf-8") == f"{launcher.ROOT / 'src'}\n"


def test_a_command_is_handed_over_with_the_sources_on_its_path(launcher):
    launcher.prepare(launcher.RUNTIME)

    done = subprocess.run(
        [sys.executable, launcher.ROOT / "onnuri", "--hall"],
        env={"PYTHONPATH": "/mine"}, capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert done.stdout == f"{launcher.ROOT / 'src'}:/mine -m onnuri serve --hall\n"
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ([], ["serve"]),
        (["--hall"], ["serve", "--hall"]),
        (["serve", "--hall"], ["serve", "--hall"]),
        (["conclude", "folder", "--size", "5"], ["conclude", "folder", "--size", "5"]),
        (["--help"], ["--help"]),
        (["--version"], ["--version"]),
    ],
)
def test_without_a_command_onnuri_serves(launcher, typed, meant):
    assert launcher.served(typed) == meant


# --- refusals: one clear line each, exit 2 ------------------------------------------------------------------


def test_an_old_python_is_told_so(launcher, monkeypatch, capsys):
    monkeypatch.setattr(launcher, "sys", SimpleNamespace(version_info=(3, 10, 4), stderr=sys.stderr))

    code = launcher.main(["serve"])

    assert code == 2
    assert told(capsys) == "onnuri: this is Python 3.10; Onnuri needs 3.11 or newer as `python3`"


def test_a_folder_that_cannot_be_written_is_named(launcher, monkeypatch, capsys):
    monkeypatch.setattr(launcher.os, "access", lambda *_: False)

    code = launcher.main(["serve"])

    assert code == 2
    assert told(capsys).startswith(f"onnuri: cannot write in {launcher.ROOT}, ")


def test_a_python_without_venv_is_told_what_to_install(launcher, monkeypatch, capsys):
    monkeypatch.setattr(launcher, "has", lambda module: module != "venv")

    code = launcher.main(["serve"])

    assert code == 2
    assert told(capsys).endswith("apt install python3-venv")


def test_an_unknown_benchmark_is_answered_with_those_there_are(launcher, capsys):
    launcher.prepare(launcher.RUNTIME)
    capsys.readouterr()
    (launcher.ROOT / "benchmarks").mkdir()
    for name in ("votes", "landscape", "_machine"):
        (launcher.ROOT / "benchmarks" / f"{name}.py").touch()

    code = launcher.main(["bench", "vote"])

    assert code == 2
    assert told(capsys) == "onnuri: no benchmark is called 'vote'; there are: landscape, votes"


def told(capsys):
    [line] = capsys.readouterr().err.splitlines()
    return line


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "its hash differs"),
        ("WARNING: Retrying (Retry(total=0))\nERROR: No matching distribution found", "cannot be reached"),
        ("ERROR: Could not install packages: [Errno 28] No space left on device", "the disk is full"),
        (
            "Collecting x\nERROR: x has no wheel for this machine\n",
            "installed: ERROR: x has no wheel for this",
        ),
        ("", "no reason given"),
    ],
)
def test_what_pip_says_is_put_in_plain_words(launcher, said, meant):
    line = launcher.explain(said.splitlines(keepends=True))

    assert meant in line
    assert "\n" not in line


def test_progress_is_told_in_five_lines_at_most(launcher, capsys):
    pip = [*(f"Collecting package-{n}\n" for n in range(57)), "Installing collected packages: all\n"]

    passed_on = list(launcher.with_progress(pip, total=57))

    assert passed_on == pip
    assert [re.search(r"\d+%", line)[0] for line in capsys.readouterr().err.splitlines()] == [
        "20%", "40%", "60%", "80%",
    ]  # fmt: skip


def test_the_gate_goes_on_after_a_failure_and_names_it(launcher, monkeypatch, capfd):
    monkeypatch.setattr(launcher, "PYTHON", Path(sys.executable))
    monkeypatch.setattr(launcher, "GATE", {"lint": ("-c", "raise SystemExit(1)"), "tests": ("-c", "pass")})

    code = launcher.check()

    said = capfd.readouterr().out
    assert code == 1
    assert "== tests: ok" in said
    assert said.endswith("onnuri check: failed: lint\n")


def test_the_launcher_needs_nothing_but_python():
    tree = ast.parse((ROOT / "onnuri").read_text("utf-8"), feature_version=(3, 8))

    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {name.split(".")[0] for name in names} <= sys.stdlib_module_names


# --- the locks ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_index(name):
    text = (ROOT / name).read_text("utf-8")

    assert re.findall(r"\w+://\S*|--(?:extra-)?index-url|--find-links|--trusted-host", text) == []


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_package_has_its_hashes(name):
    blocks = re.split(r"^(?=[a-z])", (ROOT / name).read_text("utf-8"), flags=re.MULTILINE)[1:]

    assert [block for block in blocks if "--hash=sha256:" not in block] == []


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_covers_what_is_required(name):
    source = (ROOT / name).with_suffix(".in")

    assert required(source) <= {package for package, _version in locked(name)}


def test_what_is_tested_is_what_runs():
    runtime, dev = (locked(name) for name in LOCKS)

    assert runtime <= dev


def test_the_package_asks_for_what_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    asked = [*project["dependencies"], *extras["server"], *extras["fast"]]

    assert {package_name(line) for line in asked} == required(ROOT / "requirements.in")


def required(source):
    lines = [line for line in source.read_text("utf-8").splitlines() if line and line[0] not in "#-"]
    return {package_name(line) for line in lines}


def locked(name):
    return set(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / name).read_text("utf-8"), re.MULTILINE))


def package_name(line):
    return re.match(r"[\w.-]+", line)[0].lower()

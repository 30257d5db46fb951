"""Bytecode in the packages (字节码): what a platform's Python would else compile at every cold start, since it may not
write beside what was deployed.

Each `a/b.py` gets its `a/__pycache__/b.cpython-311.pyc`, compiled by a Python of the platform's version and marked as
not to be checked against the source (PEP 552). A Python of another version passes it over and reads the source. What
was compiled is kept in build/bytecode by source and Python, so that it cannot be stale.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import subprocess
import sys
from functools import cache
from pathlib import Path, PurePosixPath

from infra.package.interpreters import interpreter
from infra.package.platforms import BUILD

KEPT = BUILD / "bytecode"
# The first two bytes of a .pyc, the same for all releases of a version.
MAGIC = {"3.10": 3439, "3.11": 3495, "3.12": 3531, "3.13": 3571}


class WrongPython(RuntimeError):
    """An interpreter that is not what it is called; the sentence says which."""


def with_bytecode(files: dict[str, bytes], python: str) -> dict[str, bytes]:
    """The files of a package and their bytecode for this Python; where the machine has none, without, said loudly."""
    compiler = interpreter(python)
    if compiler is None:
        _say_that_there_is_no(python)
        return files
    sources = {name: content for name, content in files.items() if name.endswith(".py")}
    kept = {name: KEPT / python / f"{_digest(name, source, compiler)}.pyc" for name, source in sources.items()}
    missing = {name: sources[name] for name, path in kept.items() if not path.is_file()}
    if missing:
        for name, compiled in _compile(compiler, python, missing).items():
            _write(kept[name], compiled)
    return files | {place_of(name, python): path.read_bytes() for name, path in kept.items() if path.is_file()}


def place_of(name: str, python: str) -> str:
    """Where the bytecode of a source stands: a/__pycache__/b.cpython-311.pyc."""
    path = PurePosixPath(name)
    return (path.parent / "__pycache__" / f"{path.stem}.cpython-{python.replace('.', '')}.pyc").as_posix()


def _compile(compiler: str, python: str, sources: dict[str, bytes]) -> dict[str, bytes]:
    done = subprocess.run([compiler, "-s", "-S", "-B", "-W", "ignore", str(Path(__file__).with_name("compiling.py"))],
                          input=marshal.dumps(sources, 2), capture_output=True,
                          env={"PATH": "/usr/bin:/bin", "PYTHONHASHSEED": "0"})  # sets are marshalled in their order
    if done.returncode:
        raise WrongPython(f"{compiler}: {done.stderr.decode(errors='replace').strip()}")
    made = marshal.loads(done.stdout)
    magic = int.from_bytes(made.pop("")[:2], "little")
    if magic != MAGIC[python]:
        raise WrongPython(f"{compiler} writes bytecode {magic}, and Python {python} reads {MAGIC[python]}")
    return made


def _digest(name: str, source: bytes, compiler: str) -> str:
    return hashlib.sha256(f"{_release(compiler)}\n{name}\n".encode() + source).hexdigest()


@cache
def _release(compiler: str) -> str:
    """3.11.7 and its kind: another release may compile otherwise, though it reads the same."""
    told = subprocess.run([compiler, "-c", "import sys; print(sys.version)"], capture_output=True, text=True)
    return told.stdout.strip()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(f".{os.getpid()}")
    half.write_bytes(content)
    half.rename(path)


@cache
def _say_that_there_is_no(python: str) -> None:
    print(f"!!! NO PYTHON {python} HERE: its packages go WITHOUT BYTECODE, and every cold start compiles them anew "
          "(docs/deploy.md says how to have one)", file=sys.stderr)

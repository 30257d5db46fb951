"""Where the plays happen: worker processes, each with a folder in memory and a MariaDB server of its own.

    for report in spread(work, tasks, kinds=("sqlite", "mariadb"), workers=2): ...

`work(town, *rest)` is called in a worker, with that worker's town of the task's database.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.local import mariadb
from mall.app import registry

from tests.crash.town import Town, open_town

MEMORY = Path("/dev/shm")
Task = tuple[str, Any]  # the database, and what `work` wants to know


@dataclass
class Place:
    folder: Path
    server: mariadb.Server | None


@contextmanager
def places(count: int, kinds: tuple[str, ...]) -> Iterator[list[Place]]:
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        made = []
        try:
            for number in range(count):
                own = Path(folder) / str(number)
                own.mkdir()
                made.append(Place(own, _server(own) if "mariadb" in kinds else None))
            yield made
        finally:
            for place in made:
                if place.server is not None:
                    place.server.stop()


def _server(folder: Path) -> mariadb.Server:
    if not mariadb.ensure_installed():
        raise SystemExit("no MariaDB on this machine: --database sqlite")
    return mariadb.start(folder / "mariadb")


def spread(work: Callable[..., Any], tasks: list[Task], *, kinds: tuple[str, ...], workers: int) -> Iterator[Any]:
    """The answer of every task as it is there; how far it is goes to stderr."""
    registry.load()  # before the fork: once for all workers
    started = time.monotonic()
    with places(workers, kinds) as free:
        queue: Any = multiprocessing.get_context("fork").SimpleQueue()
        for place in free:
            queue.put(place)
        with multiprocessing.get_context("fork").Pool(workers, _settle_in, (queue, work)) as pool:
            for done, answer in enumerate(pool.imap_unordered(_do, tasks), 1):
                yield answer
                print(f"    {done} of {len(tasks)} in {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)


class _Worker:
    """What one worker process keeps."""

    place: Place
    work: Callable[..., Any]
    towns: dict[str, Town] = {}


def _settle_in(queue: Any, work: Callable[..., Any]) -> None:
    _Worker.place, _Worker.work = queue.get(), work


def _do(task: Task) -> Any:
    kind, rest = task
    if kind not in _Worker.towns:
        _Worker.towns[kind] = open_town(kind, _Worker.place.folder, server=_Worker.place.server)
    try:
        return _Worker.work(_Worker.towns[kind], rest)
    except BaseException as problem:  # also what would end the worker, and leave the others waiting for its answer
        raise RuntimeError(f"{kind} {rest}") from problem

"""The pages are built when they have changed and not before, whole or not at all; the mall waits for none of it."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from infra.local import building
from infra.local.settings import Settings
from infra.web import pages, weights, workspace
from infra.web.node import Failed, NoNode

pytestmark = pytest.mark.spec("L8", "L5", "L1")


class Vite:
    """As Node, which is asked to build: lays down a page of two scripts, or fails."""

    def __init__(self) -> None:
        self.built: list[str] = []
        self.problem = ""

    def run(self, *arguments: str, folder: Path, **more: Any) -> str:
        target = Path(arguments[arguments.index("--outDir") + 1])
        target.mkdir(parents=True)
        (target / "index.html").write_text(f"{folder.name} {len(self.built)}")
        if self.problem:
            raise Failed(self.problem)
        (target / "assets").mkdir()
        for name in ("index-1", "home-1", "far-1"):
            (target / "assets" / f"{name}.js").write_text("export default 1; // as long as a line\n" * 90)
        (target / "manifest.json").write_text(json.dumps({
            "index.html": {"file": "assets/index-1.js", "isEntry": True, "dynamicImports": ["home", "far"]},
            "src/pages/home/H.vue": {"file": "assets/home-1.js", "isDynamicEntry": True, "imports": ["index.html"]},
            "src/pages/far/F.vue": {"file": "assets/far-1.js", "isDynamicEntry": True, "imports": ["index.html"]}}))
        self.built.append(folder.name)
        return ""


@pytest.fixture
def vite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Vite:
    """A repository of its own, with a console and a shop."""
    web = tmp_path / "web"
    for page in ("console", "shop"):
        (web / page / "src").mkdir(parents=True)
        (web / page / "index.html").write_text("source")
        (web / page / "src" / "main.ts").write_text("1")
    (web / "common" / "src").mkdir(parents=True)
    (web / "common" / "src" / "money.ts").write_text("1")
    monkeypatch.setattr(workspace, "WEB", web)
    monkeypatch.setattr(workspace, "OWN", tmp_path / ".test")
    monkeypatch.setattr(workspace, "build_client", lambda node: None)
    monkeypatch.setattr(pages, "BUILT", tmp_path / "dist" / "web")
    return Vite()


def build(vite: Vite) -> list[str]:
    """Which pages were built by it."""
    before = len(vite.built)
    pages.build(vite, lambda what: None)
    return vite.built[before:]


def test_what_has_not_changed_is_not_built_again(vite: Vite):
    assert pages.stale() == ["console", "shop"]
    assert build(vite) == ["console", "shop"]
    assert (pages.stale(), build(vite)) == ([], [])


def test_a_change_of_one_page_builds_that_one_and_of_what_they_share_both(vite: Vite):
    build(vite)
    (workspace.WEB / "shop" / "src" / "main.ts").write_text("2")
    assert (pages.stale(), build(vite)) == (["shop"], ["shop"])
    (workspace.WEB / "common" / "src" / "money.ts").write_text("2")
    assert build(vite) == ["console", "shop"]


@pytest.mark.parametrize("name", ["src/a.test.ts", "src/components.d.ts", "node_modules/x/y.js", "dist/index.html"])
def test_what_no_page_is_made_of_makes_none_stale(vite: Vite, name: str):
    build(vite)
    path = workspace.WEB / "shop" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("new")
    assert pages.stale() == []


def test_a_build_that_fails_leaves_the_page_as_it_was_and_nothing_half_built(vite: Vite):
    build(vite)
    before, vite.problem = (pages.BUILT / "console" / "index.html").read_text(), "no such file"
    (workspace.WEB / "console" / "src" / "main.ts").write_text("broken")
    with pytest.raises(Failed, match="no such file"):
        build(vite)
    assert (pages.BUILT / "console" / "index.html").read_text() == before
    assert [path.name for path in pages.BUILT.iterdir() if path.name.startswith(".")] == []
    assert pages.stale() == ["console"]


def test_one_build_of_each_page_is_kept_and_what_gzip_makes_smaller_twice(vite: Vite):
    build(vite)
    (workspace.WEB / "shop" / "src" / "main.ts").write_text("2")
    build(vite)
    assert len(list(pages.BUILT.glob("shop.*"))) == 1
    assert (pages.BUILT / "shop" / "assets" / "home-1.js.gz").is_file()
    assert not (pages.BUILT / "shop" / "index.html.gz").exists()  # it would be larger


def test_a_page_weighs_what_is_waited_for(vite: Vite):
    build(vite)
    first, far = weights.weigh("shop")
    script = (pages.BUILT / "shop" / "assets" / "far-1.js.gz").stat().st_size
    assert (first.name, first.scripts, far.name, far.scripts) == ("first", 2 * script, "src/pages/far/F.vue", script)
    assert "src/pages/far/F.vue" in weights.table("shop")


@pytest.fixture
def mall(tmp_path: Path) -> Settings:
    folder = tmp_path / "mall"
    folder.mkdir()
    return Settings(folder, "127.0.0.1", 1, 2, 3, 4)


def test_the_mall_starts_a_build_only_where_one_is_needed_and_wanted(
        vite: Vite, mall: Settings, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv(building.VARIABLE, "no")
    assert building.start(mall, {}) is None
    monkeypatch.delenv(building.VARIABLE)
    build(vite)
    assert building.start(mall, {}) is None


@pytest.mark.parametrize(("problem", "said"), [
    (NoNode("pip says: offline"), "not built: Node 20.19 or newer"),
    (Failed("vite: no such import"), "not built: vite: no"), (None, "built in ")])
def test_what_becomes_of_it_is_told_where_the_start_page_reads_it(
        vite: Vite, mall: Settings, monkeypatch: pytest.MonkeyPatch, problem: Exception | None, said: str):
    def ready():
        if isinstance(problem, NoNode):
            raise problem
        vite.problem = str(problem or "")
        return vite

    monkeypatch.setattr(building, "read_settings", lambda: mall)
    monkeypatch.setattr(workspace, "ready", ready)
    monkeypatch.setattr(os, "nice", lambda by: 0)
    assert building.main() == (0 if problem is None else 1)
    assert building.read(mall).startswith(said)
    if problem:
        assert str(problem) in building.read(mall)


def test_the_terminal_hears_of_the_end_in_one_sentence(mall: Settings):
    child = building.Child("building", ["-c", "raise SystemExit(1)"], "", mall.folder / "logs" / "building.log")
    child.start(dict(os.environ))
    building._tell(mall, "not built: Node is missing\nand more")
    assert building.outcome(mall, child) == (
        f"the console and the shop could NOT be built: not built: Node is missing (see {child.log})")

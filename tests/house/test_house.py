"""The rules of the house, executable: one action is one file with one name, a sample and a test; floors look
down; every input is bounded; the code runs on Python 3.10; a function travels light."""

from __future__ import annotations

import ast
import functools
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mall.app import registry
from mall.app.actions import Action
from mall.app.settings import CHAPTERS, ShopSettings

ROOT = Path(__file__).resolve().parents[2]
MALL = ROOT / "layers" / "common" / "python" / "mall"
ACTIONS = registry.load()
DEPLOYED = sorted([*MALL.rglob("*.py"), *(ROOT / "functions").rglob("*.py")])
SDKS = ("boto3", "botocore", "wechatpayv3", "tencentcloud", "requests", "httpx", "cryptography", "python_calamine",
        "xlsxwriter", "PIL", "segno", "opentelemetry")


def every(*values: Any) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("action", values or list(ACTIONS.values()), ids=lambda action: action.name)


# one action, one file, one name


@every()
def test_an_action_is_one_short_file_with_a_docstring_a_sample_and_a_test(action: Action):
    domain, name = action.name.split(".")
    source = (ROOT / "functions" / domain / f"{name}.py").read_text("utf-8")
    assert len(source.splitlines()) <= 90
    assert ast.get_docstring(ast.parse(source)), "the file says what the action is for"
    assert re.fullmatch(r"[a-z]+(_[a-z]+)+", name), "a name is verb_noun"
    assert (ROOT / "tests" / "functions" / domain / f"test_{name}.py").is_file()
    if action.kind != "webhook":
        assert (ROOT / "events" / domain / f"{name}.json").is_file()


def test_every_setting_changes_something():
    code = "\n".join(path.read_text("utf-8") for path in DEPLOYED if path.parent != MALL / "app" / "settings")
    assert set(ShopSettings.model_fields) - set(re.findall(r"\w+", code)) == set()


def test_a_setting_stands_in_one_chapter_and_every_chapter_is_read():
    names = [name for chapter in CHAPTERS for name in chapter.__annotations__]
    assert sorted(names) == sorted(ShopSettings.model_fields)
    files = {path.stem for path in (MALL / "app" / "settings").glob("*.py")} - {"__init__", "chapter"}
    assert {chapter.__name__.lower() for chapter in CHAPTERS} == files


def test_no_sample_and_no_test_is_left_over_from_an_action_that_is_gone():
    samples = {f"{p.parent.name}.{p.stem}" for p in (ROOT / "events").glob("*/*.json") if p.parent.name != "_shapes"}
    assert samples - set(ACTIONS) == set()


def test_every_declared_listener_hears_an_event_that_somebody_defines():
    told = set(re.findall(r'kind: ClassVar\[str\] = "([a-z_.]+)"', "\n".join(
        path.read_text("utf-8") for path in (MALL / "domains").rglob("*.py"))))
    heard = {kind for action in ACTIONS.values() for kind in action.on}
    assert heard - told == set()


# everything has a bound


@every(*[action for action in ACTIONS.values() if action.input is not None])
def test_every_input_field_is_bounded(action: Action):
    schema = action.input.model_json_schema()
    assert list(_unbounded(schema, schema.get("$defs", {}), action.name)) == []


def _unbounded(part: dict[str, Any], models: dict[str, Any], at: str) -> Iterator[str]:
    """The places below `part` whose value may be arbitrarily large."""
    name = part.get("$ref", "").rpartition("/")[2]
    if name in models:
        yield from _unbounded(models[name], {key: value for key, value in models.items() if key != name}, at)
    if "enum" in part or "const" in part:
        return
    for option in part.get("anyOf", []) + part.get("oneOf", []) + part.get("allOf", []):
        yield from _unbounded(option, models, at)
    if not _has_bound(part):
        yield at
    for item in [part["items"]] if "items" in part else part.get("prefixItems", []):
        yield from _unbounded(item, models, f"{at}[]")
    for field, inner in part.get("properties", {}).items():
        yield from _unbounded(inner, models, f"{at}.{field}")


def _has_bound(part: dict[str, Any]) -> bool:
    kind = part.get("type")
    if kind == "string":
        return bool({"maxLength", "format"} & set(part)) or _is_short(part.get("pattern", ""))
    if kind in ("integer", "number"):
        return {"minimum", "maximum"} <= set(part)
    if kind == "array":
        return "maxItems" in part
    if kind == "object":
        return part.get("additionalProperties", False) is False or "maxProperties" in part
    return True


def _is_short(pattern: str) -> bool:
    """An anchored pattern without open repetition bounds its text by itself."""
    return pattern.startswith("^") and pattern.endswith("$") and not re.search(r"[*+]|,\}", pattern)


# floors look down


@functools.cache
def imports(path: Path, *, top_only: bool = False) -> frozenset[str]:
    """The modules that a file imports, `from mall.kit import errors` as mall.kit.errors."""
    tree = ast.parse(path.read_text("utf-8"))
    found: set[str] = set()
    for node in tree.body if top_only else ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            inner = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name for name in inner if _is_module(name)} or {node.module}
    return frozenset(found - {"__future__"})


def _is_module(name: str) -> bool:
    path = MALL.parent.joinpath(*name.split("."))
    return path.is_dir() or path.with_suffix(".py").is_file()


def strangers(path: Path, *allowed: str, top_only: bool = False) -> list[str]:
    """Imports that are neither the standard library's nor below one of `allowed`."""
    return sorted(name for name in imports(path, top_only=top_only)
                  if name.split(".")[0] not in sys.stdlib_module_names
                  and not any(name == one or name.startswith(f"{one}.") for one in allowed))


def files(pattern: str) -> list[Path]:
    return [path for path in sorted(MALL.glob(pattern)) if path.name != "__init__.py"]


def floor(paths: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("path", paths, ids=lambda path: str(path.relative_to(MALL.parent.parent)))


@floor(files("kit/*.py"))
def test_kit_knows_no_business(path: Path):
    assert strangers(path, "mall.kit", "sqlalchemy", "pymysql", "cryptography") == []


@floor(files("tables/*.py"))
def test_tables_know_only_the_kit(path: Path):
    assert strangers(path, "mall.kit", "sqlalchemy", "mall.tables" if path.name == "__init__.py" else "mall.kit") == []


def is_store(path: Path) -> bool:
    """A domain's SQL: `store.py`, and what was taken out of it to keep it short."""
    return path.name != "rules.py" and any(name.startswith(("sqlalchemy", "mall.kit.db")) for name in imports(path))


STORES = [path for path in files("domains/*/*.py") if path.name == "store.py" or is_store(path)]


@floor([path for path in files("domains/*/*.py") if path not in STORES])
def test_rules_take_values_and_return_values(path: Path):
    own = f"mall.domains.{path.parent.name}"
    assert strangers(path, own, "mall.kit.bounds", "mall.kit.cells", "mall.kit.credit_code", "mall.kit.divisions",
                     "mall.kit.documents", "mall.kit.errors", "mall.kit.formulas", "mall.kit.money", "mall.kit.outbox",
                     "mall.kit.public_store", "mall.kit.scope", "mall.kit.state", "mall.kit.text", "mall.kit.zone"
                     ) == []
    assert imports(path) & {"os", "random", "time", "secrets", "socket", "threading"} == set()
    assert imports(path) & {f"{own}.{store.stem}" for store in STORES} == set()


@floor(files("domains/pricing/steps/*.py"))
def test_a_rule_of_promotions_knows_the_pricing_and_the_kit(path: Path):
    assert strangers(path, "mall.domains.pricing", "mall.kit.documents", "mall.kit.errors", "mall.kit.money",
                     "mall.kit.state", "mall.kit.zone") == []


@floor(STORES)
def test_a_store_knows_its_own_rules_the_tables_and_the_kit(path: Path):
    assert strangers(path, f"mall.domains.{path.parent.name}", "mall.tables", "mall.kit", "sqlalchemy") == []


@floor(files("flows/**/*.py"))
def test_flows_join_domains(path: Path):
    assert strangers(path, "mall.flows", "mall.domains", "mall.kit") == []


USES = {  # chapters of flows, and those below that each may use; `kinds` answers the questions of all
    "people": "", "goods": "", "marketing": "", "money": "people", "fulfilment": "people money",
    "trade": "people goods marketing money fulfilment", "reach": "", "ops": "",
    "kinds": "people goods marketing money fulfilment trade"}


def test_a_flow_stands_in_a_chapter_and_uses_those_below():
    folders = {path.name for path in (MALL / "flows").iterdir() if (path / "__init__.py").exists()}
    assert folders == set(USES)
    assert [path.name for path in files("flows/*.py")] == ["each.py"]
    for path in files("flows/*/*.py"):
        chapter = path.parent.name
        may = {chapter, "kinds", "each", *USES[chapter].split()}
        used = {name.split(".")[2] for name in imports(path) if name.startswith("mall.flows.")}
        assert used <= may, f"{path} uses {used - may}"


@floor(files("adapters/**/*.py"))
def test_adapters_load_their_sdk_when_they_are_made(path: Path):
    assert strangers(path, "mall.kit", "mall.adapters", top_only=True) == []
    assert not any(name.startswith(("mall.domains", "mall.app", "mall.tables")) for name in imports(path))


@every()
def test_a_function_imports_only_the_mall_and_pydantics_words_for_a_field(action: Action):
    path = ROOT / "functions" / action.domain / f"{action.name.split('.')[1]}.py"
    assert strangers(path, "mall.app", "mall.flows", "mall.domains", "mall.kit.bounds", "mall.kit.errors",
                     "mall.kit.money", "mall.kit.page", "mall.kit.scope", "pydantic") == []


def circles(modules: dict[str, Path]) -> list[list[str]]:
    """The sets of modules that import each other in a ring, at their top or inside of a function."""
    asks = {name: {other for other in imports(path) if other in modules and other != name}
            for name, path in modules.items()}
    reached = {name: _reached(asks, name) for name in asks}
    rings = {frozenset(other for other in reached[name] if name in reached[other]) for name in asks}
    return sorted(sorted(ring) for ring in rings if len(ring) > 1)


def _reached(asks: dict[str, set[str]], name: str) -> set[str]:
    found, todo = set(), [name]
    while todo:
        todo += asks[todo.pop()] - found
        found |= set(todo)
    return found


def test_no_two_modules_of_the_mall_import_each_other():
    modules = {".".join(path.relative_to(MALL.parent).with_suffix("").parts): path for path in MALL.rglob("*.py")
               if path.name != "__init__.py"}
    assert circles(modules) == []


def test_a_circle_is_found_through_a_third_module_and_inside_a_function(tmp_path: Path):
    sources = {"mall.kit.db": "import mall.kit.ids", "mall.kit.ids": "def f():\n    from mall.kit import money",
               "mall.kit.money": "from mall.kit.db import Tx", "mall.kit.text": "from mall.kit import db"}
    for name, source in sources.items():
        (tmp_path / f"{name}.py").write_text(source)
    found = circles({name: tmp_path / f"{name}.py" for name in sources})
    assert found == [["mall.kit.db", "mall.kit.ids", "mall.kit.money"]]


# it runs where it is deployed


@pytest.mark.parametrize("path", DEPLOYED, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_code_is_python_3_10(path: Path):
    tree = ast.parse(path.read_text("utf-8"), feature_version=(3, 10))
    newer = {"StrEnum", "tomllib", "ExceptionGroup", "Self", "LiteralString", "TaskGroup", "assert_never"}
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    assert (names | imports(path)) & newer == set()
    assert "datetime.UTC" not in imports(path) and "from datetime import UTC" not in path.read_text("utf-8")


def test_loading_every_function_loads_no_sdk():
    code = (f"import sys\nsys.path[:0] = [{str(ROOT)!r}, {str(MALL.parent)!r}]\n"
            "from mall.app import registry\nregistry.load()\n"
            f"print(sorted({{name.split('.')[0] for name in sys.modules}} & {set(SDKS)!r}))")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"

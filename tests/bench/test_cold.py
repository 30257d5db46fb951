"""The goals of a cold start are judged by the figures of one run, each platform by itself."""

from __future__ import annotations

from pathlib import Path

from bench import cold, report
from bench.cold import FirstAnswer, Import


def _side(what: str, cpu_ms: float, times: float, platform: str = "scf") -> Import:
    return Import(platform, cold.HOT, what, cpu_ms, 2 * cpu_ms, times)


def _found(own_times: float, bare_ms: float) -> report.Found:
    return report.Found(cold=[_side(cold.USED_ONCE, 400, 1.0), _side("orders.place_order", 480, 1.2),
                              _side(cold.ON_TOP, 400 * own_times, own_times),
                              _side(cold.WITHOUT_BYTECODE, bare_ms, 3.0)])


def test_half_of_what_it_is_without_bytecode_and_a_quarter_of_the_libraries_are_just_reached():
    text = report.goals_table(_found(1.25, 960))
    assert [line.split("|")[2].strip() + line.split("|")[3].rstrip() for line in text.splitlines()[2:]] == [
        "0.50x yes", "0.25x yes"]


def test_a_little_more_is_not():
    text = report.goals_table(_found(1.26, 950))
    assert text.count("**no**") == 2
    assert "0.51x" in text
    assert "0.26x" in text


def test_every_table_has_a_line_for_each_figure_and_the_worst_units_their_reasons():
    found = report.Found(
        first=[FirstAnswer("aws", "orders.place_order", 500.0, 120.0, 8.25)],
        units=[Import("aws", "orders_files", "orders.export_orders", 900, 950, 2.0, why="boto3 30 %"),
               Import("aws", "ops_counter", "ops.check_health", 500, 510, 1.1)])
    assert "| aws      | orders.place_order | 500        | 120            | 620          | 8.2             |" in (
        report.first_table(found))
    assert len(report.units_table(found).splitlines()) == 4
    assert report.worst_table(found).splitlines()[2:] == ["| orders_files | boto3 30 %          |"]


def test_an_instance_sees_its_layers_as_one_folder_and_without_bytecode_where_that_is_asked(tmp_path: Path):
    for layer in ("one", "two"):
        (tmp_path / layer / "__pycache__").mkdir(parents=True)
        (tmp_path / layer / f"{layer}.py").write_text(layer)
        (tmp_path / layer / "__pycache__" / f"{layer}.cpython-311.pyc").write_text("")
    layers = [tmp_path / "one", tmp_path / "two"]
    whole, bare = cold._linked(layers, tmp_path / "whole", False), cold._linked(layers, tmp_path / "bare", True)
    assert sorted(path.name for path in whole.rglob("*.py*")) == [
        "one.cpython-311.pyc", "one.py", "two.cpython-311.pyc", "two.py"]
    assert sorted(path.name for path in bare.rglob("*.py*")) == ["one.py", "two.py"]

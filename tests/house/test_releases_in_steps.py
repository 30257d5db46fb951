"""Old and new code beside each other: what steps of the schema and readers of stored documents may not do."""

from __future__ import annotations

import ast
import json
from pathlib import Path

import pytest
from infra.migrations.steps import FOLDER, faults
from mall.domains.pricing import explain
from mall.kit.db import Json
from mall.kit.sealed import SealedJson
from mall.tables import load_all
from mall.tables.trade import PRICE

from tests.releases.__main__ import step_hash
from tests.releases.rows import STEPS as FROZEN

pytestmark = pytest.mark.spec("L4")

ROOT = Path(__file__).resolve().parents[2]
STEPS = sorted((FOLDER / "versions").glob("*.py"))
STEP = """
import sqlalchemy as sa
from alembic import op
revision = "0002"
down_revision = "0001"
phase = "{phase}"


def upgrade() -> None:
    with op.batch_alter_table("orders", schema=None) as batch_op:
        {line}
"""


@pytest.mark.parametrize("path", STEPS, ids=lambda path: path.stem)
def test_a_step_before_the_code_does_nothing_that_older_code_cannot_live_with(path: Path):
    assert faults(path) == []


def test_a_step_that_a_release_has_taken_is_never_written_again():
    frozen = json.loads(FROZEN.read_text("utf-8"))
    assert list(frozen)[:3] == ["0001_every_table.py", "0002_what_trying_it_brought_out.py",
                                "0003_what_a_merchant_misses_on_day_one.py"]
    assert frozen.items() <= {path.name: step_hash(path) for path in STEPS}.items(), "write a further step instead"


@pytest.mark.parametrize(("line", "refused"), [
    ("batch_op.add_column(sa.Column('a', sa.Integer(), nullable=False))", "add_column"),
    ("batch_op.add_column(sa.Column('a', sa.Integer(), server_default=None, nullable=False))", "add_column"),
    ("batch_op.drop_column('kind')", "drop_column"),
    ("batch_op.alter_column('kind', new_column_name='sort')", "alter_column"),
    ("batch_op.alter_column('kind', existing_type=sa.String(9), nullable=False)", "alter_column"),
    ("op.drop_table('orders')", "drop_table"),
    ("op.rename_table('orders', 'bills')", "rename_table"),
    ("op.execute('ALTER TABLE orders drop  column kind')", "execute"),
])
def test_what_a_step_before_the_code_may_not_do_is_named(tmp_path: Path, line: str, refused: str):
    path = tmp_path / "0002_x.py"
    path.write_text(STEP.format(phase="before", line=line))
    [fault] = faults(path)
    assert fault.startswith(f"0002_x.py:11 {refused} ")
    path.write_text(STEP.format(phase="after", line=line))
    assert faults(path) == []


@pytest.mark.parametrize("line", [
    "batch_op.add_column(sa.Column('a', sa.Integer(), server_default='0', nullable=False))",
    "batch_op.add_column(sa.Column('a', sa.String(length=32), nullable=True))",
    "batch_op.create_index('ix_a', ['kind'], unique=False)",
    "op.create_table('new', sa.Column('a', sa.Integer(), nullable=False))",
    "op.execute(\"UPDATE orders SET kind = 'X' WHERE kind = 'Y'\")",
])
def test_what_older_code_does_not_mind_is_let_through(tmp_path: Path, line: str):
    path = tmp_path / "0002_x.py"
    path.write_text(STEP.format(phase="before", line=line))
    assert faults(path) == []


PLAIN = {  # no shape: lists and maps of plain values, or documents that nobody looks into
    "categories.path": "ids", "products.category_path": "ids", "products.tags": "words", "roles.permissions": "words",
    "refund_requests.evidence": "ids",
    "warehouses.regions": "keys of places",
    "skus.spec_values": "words", "skus.spec_names": "words", "order_lines.spec_values": "words",
    "order_lines.delivered_codes": "codes",
    "skus.price_tiers": "pairs of numbers", "group_buys.prices": "fen by SKU", "group_buys.leader_prices": "fen by SKU",
    "audit_positions.position": "a list", "cases.data": "shown as it is",
    "audit_entries.target": "shown as it is, and hashed",
    "sensitive_changes.before": "shown as it is", "sensitive_changes.after": "shown as it is",
    "sensitive_changes.payload": "shown as it is", "messages.fields": "sent as it is",
    "messages.facts": "read by name, a dash for what is not there", "message_templates.fields": "keys and names",
    "service_templates.fields": "keys and names",
    "outbox_events.payload": "has its event's version", "outbox_events.waiting": "names",
}


def test_every_document_has_a_shape_or_a_reason_to_have_none():
    bare = [f"{table.name}.{column.name}" for table in load_all().tables.values() for column in table.columns
            if isinstance(column.type, Json) and column.type.shape is None]
    assert sorted(bare) == sorted(PLAIN)


def test_the_price_has_the_version_of_its_column():
    assert PRICE.version == explain.VERSION


DOCUMENTS = {column.name for table in load_all().tables.values() for column in table.columns
             if isinstance(column.type, (Json, SealedJson))} - {"data"}  # of cases: shown as it is


def strict_reads(path: Path) -> list[str]:
    """`Model(**row.document)` and `Model(**document["part"])`: they break at a field of another release."""
    found = []
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, (ast.Name, ast.Attribute)):
            for each in node.keywords:
                value = each.value
                is_document = (isinstance(value, ast.Attribute) and value.attr in DOCUMENTS) or (
                    isinstance(value, ast.Subscript) and isinstance(value.slice, ast.Constant))
                if each.arg is None and is_document:
                    found.append(f"{path.relative_to(ROOT)}:{node.lineno} {ast.unparse(node)[:80]}")
    return found


def test_no_reader_of_a_document_is_strict():
    sources = [*ROOT.glob("layers/common/python/mall/**/*.py"), *ROOT.glob("functions/**/*.py")]
    adapters = ROOT / "layers/common/python/mall/adapters"
    assert [line for path in sources if adapters not in path.parents for line in strict_reads(path)] == []


def test_a_strict_reader_is_found(tmp_path: Path):
    path = ROOT / "tests" / "house" / "samples.py"
    assert strict_reads(path) == []
    source = "a = Terms(**order.points_terms)\nb = Wanted(**asked['wanted'])\nc = make(Terms, order.points_terms)\n"
    strict = ROOT / ".test" / "strict.py"
    strict.parent.mkdir(exist_ok=True)
    strict.write_text(source)
    try:
        assert [line.split(" ", 1)[1] for line in strict_reads(strict)] == [
            "Terms(**order.points_terms)", "Wanted(**asked['wanted'])"]
    finally:
        strict.unlink()

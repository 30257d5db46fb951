"""What the mall is made of: every dependency pinned with hashes and freely licensed; no secret in the tree."""

from __future__ import annotations

import importlib.metadata
import math
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest

pytestmark = pytest.mark.spec("L2")

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "layers").glob("*/requirements.lock"))
LICENCES = re.compile(r"\b(MIT|BSD|Apache|PSF|Python Software Foundation|ISC|MPL|Mozilla Public|0BSD|Unlicense|HPND)\b")
PRIVATE = re.compile(
    r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----\s+[A-Za-z0-9+/=\s]{200,}"
    r"|\bAKID[0-9A-Za-z]{32}\b|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[0-9A-Za-z]{36}\b|\bxox[abp]-[0-9A-Za-z-]{20,}"
    r"|\bsk-[0-9A-Za-z]{32,}\b|\beyJ[0-9A-Za-z_-]{20,}\.[0-9A-Za-z_-]{20,}\.[0-9A-Za-z_-]{20,}")
ASSIGNED = re.compile(
    r"(?i)(?:secret|password|passwd|token|api_?key|apiv3_?key|private_?key)[a-z_]*[\"']?\s*[:=]\s*"
    r"[\"']([0-9A-Za-z+/=_-]{24,})[\"']")
PUBLISHED = {"AKIAIOSFODNN7EXAMPLE", "AKIDQjz3ltompVjBni5LitkWHFlFpwkn9U5q"}  # printed in the vendors' own documents


def packages(lock: Path) -> dict[str, str]:
    """{name: the block that pins it} of a lock file."""
    blocks = re.split(r"\n(?=[0-9A-Za-z])", re.sub(r"(?m)^\s*#.*\n", "", lock.read_text("utf-8")))
    return {block.split("==")[0].strip().split("[")[0]: block for block in blocks if block.strip()}


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.parent.name)
def test_every_dependency_is_pinned_to_one_version_with_hashes(lock: Path):
    found = packages(lock)
    assert len(found) >= 1
    for name, block in found.items():
        assert re.match(r"[0-9A-Za-z_.\[\]-]+==[0-9][0-9A-Za-z.+-]*(?=[\s;\\]|$)", block.strip()), name
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block), f"{name} has no hash"


def test_each_layer_has_a_lock_that_names_what_it_asks_for():
    for asked in (ROOT / "layers").glob("*/requirements.txt"):
        names = re.findall(r"(?m)^([0-9A-Za-z_.-]+)==([^\s;]+)", asked.read_text("utf-8"))
        locked = {re.sub(r"[-_.]+", "-", name).lower(): block for name, block in
                  packages(asked.with_suffix(".lock")).items()}
        for name, version in names:
            assert f"=={version}" in locked[re.sub(r"[-_.]+", "-", name).lower()], f"{asked}: {name}"


def licence(name: str) -> str:
    about = importlib.metadata.metadata(name)
    classifiers = [each for each in about.get_all("Classifier") or [] if each.startswith("License")]
    return " ".join([about.get("License-Expression") or "", (about.get("License") or "")[:200], *classifiers])


def test_every_dependency_that_is_deployed_has_a_licence_on_the_list():
    names = {name for lock in LOCKS for name in packages(lock)}
    here, unknown = 0, []
    for name in sorted(names):
        try:
            told = licence(name)
        except importlib.metadata.PackageNotFoundError:
            continue  # needed on the other Python or the other platform only
        here += 1
        if not LICENCES.search(told):
            unknown.append(f"{name}: {told}")
    assert unknown == []
    assert here >= len(names) * 0.8


def tracked() -> list[Path]:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if names.returncode:
        pytest.skip("no git tree here")
    return [ROOT / name for name in names.stdout.split("\0") if name and (ROOT / name).is_file()]


def entropy(text: str) -> float:
    return -sum(count / len(text) * math.log2(count / len(text)) for count in Counter(text).values())


def secrets_in(text: str) -> list[str]:
    """What looks like a key of a known kind, or a random value given to something that is called a secret."""
    found = [match[0][:40] for match in PRIVATE.finditer(text) if match[0] not in PUBLISHED]
    given = [match[1] for match in ASSIGNED.finditer(text)]
    return found + [value for value in given if entropy(value) > 4.2 and re.search(r"\d", value)]


def test_no_secret_is_in_the_tree():
    seen, found = 0, {}
    for path in tracked():
        if path.suffix in (".lock", ".png", ".svg", ".jpg", ".zip") or path.stat().st_size > 2_000_000:
            continue
        seen += 1
        leaked = secrets_in(path.read_text("utf-8", "replace"))
        if leaked and path != Path(__file__):
            found[str(path.relative_to(ROOT))] = leaked
    assert seen > 400
    assert found == {}


def test_the_scan_finds_a_secret_of_each_kind():
    body = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7" * 5
    for text in (f"-----BEGIN {'PRIVATE'} KEY-----\n{body}", "AKID" + "a1B2" * 8, "AKIA" + "A1B2" * 4,
                 "ghp_" + "a1B2c3" * 6, 'api_key = "' + "q7Rt2Lm9Zx4Kp8Vb1Nc6Wd3Y" + '"',
                 '"wechat_secret": "' + "0f9e8d7c6b5a4Q3W2E1RtYuIoP" + '"'):
        assert len(secrets_in(text)) == 1, text[:30]
    assert secrets_in('password = "test-session-secret"; token = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"') == []


# the first version that is free of every published advisory known when this was written
ADVISORIES = {
    "cryptography": ("42.0.4", "CVE-2024-26130"), "requests": ("2.32.4", "CVE-2024-47081"),
    "urllib3": ("2.5.0", "CVE-2025-50181"), "certifi": ("2024.7.4", "CVE-2024-39689"),
    "idna": ("3.7", "CVE-2024-3651"), "pymysql": ("1.1.1", "CVE-2024-36039"),
    "pydantic": ("2.4.0", "CVE-2024-3772"), "sqlalchemy": ("1.3.0", "CVE-2019-7548"),
}


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version))


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.parent.name)
def test_no_locked_version_is_one_that_an_advisory_names(lock: Path):
    for name, block in packages(lock).items():
        version = re.search(r"==([^\s;]+)", block)[1]
        fixed, advisory = ADVISORIES.get(name.lower(), ("0", ""))
        assert numbers(version) >= numbers(fixed), f"{name} {version} is below {fixed}: {advisory}"


def test_every_test_that_the_page_on_security_names_exists():
    page = (ROOT / "docs" / "security.md").read_text("utf-8")
    sources = {path: path.read_text("utf-8") for path in (ROOT / "tests").rglob("*.py")}
    named = set(re.findall(r"`(test_\w+)`", page))
    assert len(named) >= 20
    assert {name for name in named if not any(f"def {name}(" in text for text in sources.values())} == set()
    files = set(re.findall(r"`(?:tests/[\w/]+/)?(test_\w+\.py)`", page))
    assert files - {path.name for path in sources} == set()

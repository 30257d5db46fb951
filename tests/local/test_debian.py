"""Debian's packages for somebody without root: with an apt-get and a dpkg-deb that write down what they are asked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from infra.local import debian, mariadb

APT_GET = """#!/bin/sh
echo "apt-get $*" | sed "s#[^ =]*/apt/#.../#g" >> {said}
case "$*" in
  *print-uris*) printf "'http://deb.example/pool/a_1.deb' mariadb-server-core_10.11_amd64.deb 7 SHA256:ab\\n"
                printf "'http://deb.example/pool/b_2.deb' libaio1_0.3_amd64.deb 7 SHA256:cd\\n" ;;
  *download*) [ -n "{failure}" ] && {{ echo "{failure}" >&2; exit 100; }}
              touch mariadb-server-core_10.11_amd64.deb libaio1_0.3_amd64.deb ;;
esac
"""
DPKG_DEB = """#!/bin/sh
echo "dpkg-deb $1 $(basename $2)" >> {said}
mkdir -p $3/usr/sbin $3/usr/bin $3/usr/lib/x86_64-linux-gnu
for each in usr/sbin/mariadbd usr/bin/mariadb-install-db; do echo > $3/$each; chmod +x $3/$each; done
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One that has neither MariaDB nor root."""
    monkeypatch.setenv("PATH", f"{tools(tmp_path)}:/usr/bin:/bin")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(mariadb, "SYSTEM", "")
    monkeypatch.setattr(debian, "_as_root", lambda: None)
    monkeypatch.setattr(mariadb.shutil, "which", lambda name, path=None: first(name, path or os.environ["PATH"]))
    return tmp_path


def tools(folder: Path, failure: str = "") -> Path:
    own = folder / "tools"
    own.mkdir(exist_ok=True)
    for name, script in (("apt-get", APT_GET), ("dpkg-deb", DPKG_DEB)):
        (own / name).write_text(script.format(said=folder / "said", failure=failure))
        (own / name).chmod(0o755)
    return own


def first(name: str, path: str) -> str | None:
    """As shutil.which; what this machine itself has of MariaDB is not there."""
    found = [f"{folder}/{name}" for folder in path.split(":") if os.access(f"{folder}/{name}", os.X_OK)]
    return next((each for each in found if not each.startswith(("/usr/", "/bin/"))), None)


def test_without_root_the_programs_are_unpacked_into_a_folder_of_ones_own(machine: Path) -> None:
    assert mariadb.programs() is None
    assert mariadb.ensure_installed() is True
    own = machine / "cache" / "mall" / "mariadb"
    found = mariadb.programs()
    assert found == (f"{own}/usr/sbin/mariadbd", f"{own}/usr/bin/mariadb-install-db", own)
    assert found.places == [f"--basedir={own}/usr"]
    assert found.environment["LD_LIBRARY_PATH"].split(":")[0] == f"{own}/usr/lib/x86_64-linux-gnu"
    said = (machine / "said").read_text().splitlines()
    options = ("-o Dir::State::Lists=.../lists -o Dir::Cache=.../cache -o Debug::NoLocking=1 -o APT::Sandbox::User="
               " -o Acquire::Languages=none")
    assert said == [
        f"apt-get {options} update -q",
        f"apt-get {options} install --print-uris -qq -y --no-install-recommends mariadb-server-core"
        " mariadb-client-core",
        f"apt-get {options} download -q mariadb-server-core libaio1",
        "dpkg-deb -x libaio1_0.3_amd64.deb", "dpkg-deb -x mariadb-server-core_10.11_amd64.deb"]
    assert sorted(path.name for path in own.parent.iterdir()) == ["lock", "mariadb"]
    assert mariadb.ensure_installed() is True
    assert len((machine / "said").read_text().splitlines()) == len(said)  # once for all clones


def test_what_cannot_be_downloaded_leaves_nothing_half_unpacked(machine: Path, capsys) -> None:
    tools(machine, failure="E: Could not resolve 'deb.example'")
    assert mariadb.ensure_installed() is False
    assert "apt-get ended with 100: E: Could not resolve 'deb.example'" in capsys.readouterr().err
    assert [path.name for path in (machine / "cache" / "mall").iterdir()] == ["lock"]
    with pytest.raises(debian.NotProvided):
        debian.unpack(("mariadb-server-core",), machine / "elsewhere")
    assert not (machine / "elsewhere").exists()

"""Three MariaDB nodes that are one database (Galera 集群), all on this machine's loopback.

    python -m infra.cluster.galera start|stop|status --folder .test/cluster

Each node has its folder, its ports and its whole copy of the data. A transaction that was answered is on
every node that is in the cluster; a node that died comes back with what it missed (IST), or with everything (SST).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymysql

from infra.local import mariadb

PACKAGES = "mariadb-server galera-4 rsync lsof"
PROVIDERS = ("/usr/lib/galera/libgalera_smm.so", "/usr/lib64/galera-4/libgalera_smm.so")
USER = "mysql"  # whom root starts the nodes as: rsync's daemon would write as nobody for root
NODES = 3
SYNC_SECONDS = 120

# Durable by innodb_flush_log_at_trx_commit=1 (infra.local.mariadb), rows and not statements, locks for our own ids.
SETTINGS = ("--wsrep-on=ON", "--wsrep-cluster-name=mall", "--binlog-format=ROW", "--innodb-autoinc-lock-mode=2",
            "--default-storage-engine=InnoDB", "--wsrep-sst-method=rsync", "--wsrep-node-address=127.0.0.1",
            "--wsrep-slave-threads=4", "--transaction-isolation=READ-COMMITTED")
# A node that says nothing is suspected after 2 s and left behind after 6 s (5 s and 15 s when not set): a cluster
# within one building. A busy node must not be taken for a dead one, so not shorter.
TIMES = "evs.keepalive_period=PT0.5S;evs.suspect_timeout=PT2S;evs.inactive_timeout=PT6S;gcache.size=512M"
RECOVERED = re.compile(r"Recovered position:?\s*([0-9a-f-]{36}:-?\d+)")


@dataclass
class Node:
    number: int
    folder: Path
    ports: dict[str, int]  # sql, group, ist, sst
    peers: str  # gcomm address of all

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.ports['sql']}"

    def start(self, *, first: bool = False) -> mariadb.Server:
        """`first`: this node begins the cluster; any other joins it and returns when it serves."""
        settings = [*SETTINGS, f"--wsrep-provider={provider()}", f"--wsrep-cluster-address=gcomm://{self.peers}",
                    f"--wsrep-node-name=node{self.number}", self._options(),
                    f"--wsrep-sst-receive-address=127.0.0.1:{self.ports['sst']}"]
        if first:
            settings.append("--wsrep-new-cluster")
        elif position := self._position():
            settings.append(f"--wsrep-start-position={position}")
        return mariadb.start(self.folder, self.ports["sql"], settings, user=USER)

    def _options(self) -> str:
        group, ist = self.ports["group"], self.ports["ist"]
        return (f"--wsrep-provider-options=base_port={group};gmcast.listen_addr=tcp://127.0.0.1:{group};"
                f"ist.recv_addr=127.0.0.1:{ist};{TIMES}")

    def _position(self) -> str | None:
        """How far a node came that did not shut down: its own storage knows. Without it everything is copied."""
        state = self.folder / "data" / "grastate.dat"
        if not state.exists():
            return None
        asked = subprocess.run(
            [mariadb.programs()[0], "--no-defaults", f"--datadir={self.folder / 'data'}", "--wsrep-recover",
             "--wsrep-on=ON", f"--wsrep-provider={provider()}", f"--wsrep-cluster-address=gcomm://{self.peers}",
             "--socket=recover.sock", "--skip-networking",
             "--binlog-format=ROW", *mariadb.as_user(USER)],
            check=False, capture_output=True, text=True, timeout=SYNC_SECONDS)
        found = RECOVERED.findall(asked.stdout + asked.stderr)
        return found[-1] if found else None

    def kill(self) -> None:
        """SIGKILL: no goodbye to the others, nothing flushed."""
        running = mariadb.status(self.folder)
        if running is None:
            raise mariadb.MariaDBFailed(f"node {self.number} does not run")
        os.kill(running.pid, signal.SIGKILL)

    def state(self) -> dict[str, str]:
        """wsrep's status variables; empty when the node does not answer."""
        try:
            with self.connect() as connection, connection.cursor() as cursor:
                cursor.execute("SHOW GLOBAL STATUS LIKE 'wsrep_%'")
                return dict(cursor.fetchall())
        except pymysql.MySQLError:
            return {}

    def is_synced(self) -> bool:
        state = self.state()
        return (state.get("wsrep_local_state_comment"), state.get("wsrep_cluster_status")) == ("Synced", "Primary")

    def connect(self) -> Any:
        return pymysql.connect(host="127.0.0.1", port=self.ports["sql"], user="root", charset="utf8mb4",
                               autocommit=True, connect_timeout=5, read_timeout=30)

    def log_size(self) -> int:
        return (self.folder / "server.log").stat().st_size

    def transfer_since(self, at: int) -> str:
        """How the node got what it had missed, by its log from there on: IST, SST or nothing."""
        told = (self.folder / "server.log").read_bytes()[at:].decode("utf-8", "replace")
        found = re.findall(r"rsync (IST|SST) completed on joiner", told)
        return found[-1] if found else "nothing"


@dataclass
class Cluster:
    folder: Path
    nodes: list[Node]

    def url(self, name: str, first: int = 0) -> str:
        """For the mall: that node, and the others where it does not serve."""
        turned = self.nodes[first:] + self.nodes[:first]
        others = ",".join(node.host for node in turned[1:])
        return f"mysql+pymysql://root@{turned[0].host}/{name}?charset=utf8mb4&also={others}"

    def url_of_one(self, name: str, number: int) -> str:
        return f"mysql+pymysql://root@{self.nodes[number].host}/{name}?charset=utf8mb4"

    def stop(self) -> None:
        for node in reversed(self.nodes):
            if running := mariadb.status(node.folder):
                running.stop()

    def wait_until_synced(self, seconds: float = SYNC_SECONDS) -> None:
        """All nodes in one cluster, and each has applied what any of them had committed by now."""
        ends = time.monotonic() + seconds
        while not all(node.is_synced() and node.state().get("wsrep_cluster_size") == str(len(self.nodes))
                      for node in self.nodes):
            _in_time(ends, "the nodes are not one cluster")
        reached = max(int(node.state()["wsrep_last_committed"]) for node in self.nodes)
        while any(int(node.state().get("wsrep_last_committed", 0)) < reached for node in self.nodes):
            _in_time(ends, "a node does not catch up")


def start(folder: str | os.PathLike[str], *, anew: bool = True) -> Cluster:
    """A cluster in this folder, with empty databases when `anew`. Raises mariadb.MariaDBFailed."""
    cluster = _laid_out(Path(folder).resolve(), anew)
    cluster.nodes[0].start(first=True)
    with ThreadPoolExecutor(1) as one_after_the_other:  # two at once would want the same donor
        list(one_after_the_other.map(Node.start, cluster.nodes[1:]))
    cluster.wait_until_synced()
    return cluster


def known(folder: str | os.PathLike[str]) -> Cluster:
    return _laid_out(Path(folder).resolve(), anew=False)


def provider() -> str | None:
    return next((path for path in PROVIDERS if Path(path).exists()), None)


def missing() -> str | None:
    """What to do before a cluster can be started here; None when nothing."""
    wanted = [name for name in ("mariadbd", "wsrep_sst_rsync", "rsync", "lsof")
              if shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin") is None]
    if provider() is None:
        wanted.append("libgalera_smm.so")
    if not wanted:
        return None
    return (f"no Galera cluster here, {', '.join(wanted)} missing. As root: apt-get install --no-install-recommends"
            f" {PACKAGES} (it starts a MariaDB of its own: systemctl disable --now mariadb), then again.")


def main() -> int:
    options = _options()
    if problem := missing():
        print(problem, file=sys.stderr)
        return 1
    if options.action == "start":
        start(options.folder)
    if options.action == "stop":
        known(options.folder).stop()
    for node in known(options.folder).nodes:
        state = node.state()
        print(f"node {node.number} at {node.host}: {state.get('wsrep_local_state_comment', 'not running')},"
              f" {state.get('wsrep_cluster_size', 0)} in the cluster")
    return 0


def _laid_out(folder: Path, anew: bool) -> Cluster:
    """The nodes' ports are chosen once and kept in the folder: a node that comes back is found where it was."""
    kept = folder / "ports.json"
    if anew and kept.exists():
        _laid_out(folder, anew=False).stop()
    if anew:
        shutil.rmtree(folder, ignore_errors=True)
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(_free_ports(NODES)))
    ports = json.loads(kept.read_text())
    peers = ",".join(f"127.0.0.1:{each['group']}" for each in ports)
    return Cluster(folder, [Node(number, folder / f"node{number}", each, peers)
                            for number, each in enumerate(ports, 1)])


def _free_ports(nodes: int) -> list[dict[str, int]]:
    """All held open until the last is chosen, so that none is given twice."""
    names = ("sql", "group", "ist", "sst")
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(nodes * len(names))]
    numbers = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return [dict(zip(names, numbers[at:at + len(names)], strict=True)) for at in range(0, len(numbers), len(names))]


def _in_time(ends: float, what: str) -> None:
    if time.monotonic() > ends:
        raise mariadb.MariaDBFailed(what)
    time.sleep(0.1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="infra.cluster.galera", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("action", choices=["start", "stop", "status"])
    parser.add_argument("--folder", default=".test/cluster")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

"""`python -m infra.keys init | rotate | status`: over the database and the key service of the environment.

The variables are the mall's own: MALL_DATABASE_URL, MALL_KEY_SERVICE, MALL_SECRETS, MALL_REGION. `init` comes after
the migrations and before the first function is called; where there are keys it changes nothing. `rotate` makes
new keys at once; `privacy.rotate_data_key` seals and hashes the rows anew. `status` counts the values under each key.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

LAYER = Path(__file__).resolve().parents[2] / "layers" / "common" / "python"
if str(LAYER) not in sys.path:
    sys.path.insert(0, str(LAYER))

from mall.app.deployment import Deployment  # noqa: E402
from mall.app.front_desk import House  # noqa: E402
from mall.domains.privacy import store  # noqa: E402
from mall.kit import key_ring  # noqa: E402


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.keys", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["init", "rotate", "status"])
    house = House(Deployment.from_environment())
    try:
        return {"init": init, "rotate": rotate, "status": status}[parser.parse_args(arguments).what](house)
    finally:
        house.database.close()


def init(house: House) -> int:
    key_ring.make_first(house.database, house.world.door("key_service"))
    return status(house)


def rotate(house: House) -> int:
    key = house.database.read(key_ring.current)
    if key is None:
        print("there is no data key yet: init makes the first", file=sys.stderr)
        return 1
    if not key_ring.rotate(house.database, house.world.door("key_service"), key.key_id):
        print("another rotation came first")
    return status(house)


def status(house: House) -> int:
    keys = house.database.read(key_ring.listed)
    counts = house.database.read(store.count_by_key) if keys else {}
    for key in keys:
        values = f"{counts.pop(key.key_id, 0):,} values" if key.purpose == key_ring.SEAL else "the keyed hashes"
        print(f"{key.key_id}  {key.state:8} {key.wrapped.partition(':')[0]:12} {key.created_at:%Y-%m-%d}  {values}")
    print(f"plain: {counts.pop('plain', 0):,} values" if keys else "no data keys: init makes them")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Change the data keys (数据密钥轮换) when they are old enough, and seal older rows anew, a part every ten minutes."""

from mall.app import Ctx, Load, timer
from mall.flows.ops.rotate_data_key import rotate


@timer("privacy.rotate_data_key", every_minutes=10, uses=["key_service"],
       load=Load("rows sealed by an older key", item_ms=2))
def rotate_data_key(ctx: Ctx) -> dict[str, int]:
    """Spec A6, setting `data_key_days`. The mall reads and writes all the while: old and new keys both open.
    At once: `python -m infra.keys rotate`."""
    return rotate(ctx)

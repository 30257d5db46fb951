"""A WeChat Pay v3 (微信支付 APIv3) simulator: real signatures, real state machines, faults on request.

    python -m infra.local.simulators.wechat_pay --port 8201 --data DIR

No v3 sandbox exists, so this is one. It knows nothing of the mall and serves any backend.
"""

from infra.local.simulators.wechat_pay.keys import ensure_merchant

__all__ = ["create_app", "ensure_merchant"]


def __getattr__(name: str):
    if name == "create_app":  # late, so that reading the merchant's keys does not load a web framework
        from infra.local.simulators.wechat_pay.server import create_app

        return create_app
    raise AttributeError(name)

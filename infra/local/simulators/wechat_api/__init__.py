"""A simulator of WeChat's server interface (api.weixin.qq.com), usable with any backend.

python -m infra.local.simulators.wechat_api --port 8202 --data state/wechat_api
"""

from infra.local.simulators.wechat_api.account import ensure_app
from infra.local.simulators.wechat_api.people import identify
from infra.local.simulators.wechat_api.server import create_app

__all__ = ["create_app", "ensure_app", "identify"]

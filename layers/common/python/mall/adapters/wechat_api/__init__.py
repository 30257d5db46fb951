"""WeChat's server interface (微信服务端接口): sign-in, messages, codes, text checks, shipping reports, risk.

A file a subject (`identity`, `reach`, `safety`, `shipping`) over one `client`, because no kept library covers these
paths. What is raised carries the errcode and WeChat's request id (rid) only: no token, secret, session key or person.
"""

from mall.adapters.wechat_api.client import WeChatApiConfig
from mall.adapters.wechat_api.errors import BadLoginCode, NoConsentLeft, OrderNotYetVisible, WeChatBusy, WeChatRefused
from mall.adapters.wechat_api.identity import Identity, Session
from mall.adapters.wechat_api.reach import Reach
from mall.adapters.wechat_api.safety import Safety, TextVerdict
from mall.adapters.wechat_api.shipping import Parcel, Shipping

__all__ = [
    "BadLoginCode",
    "NoConsentLeft",
    "OrderNotYetVisible",
    "Parcel",
    "Session",
    "TextVerdict",
    "WeChatApi",
    "WeChatApiConfig",
    "WeChatBusy",
    "WeChatRefused",
]


class WeChatApi(Identity, Reach, Safety, Shipping):
    """One mini program and, for the H5 shop, one service account (`client.Client`). Build it once per warm instance: it
    keeps the access token and the connection."""

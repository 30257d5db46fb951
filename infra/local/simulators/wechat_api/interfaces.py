"""The table of interfaces: where each stands, who may call it, and how often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from infra.local.simulators.wechat_api import (
    customer,
    diagnosis,
    followers,
    links,
    media,
    media_check,
    menus,
    messages,
    newtmpl,
    oauth,
    pictures,
    quotas,
    safety,
    scene_codes,
    service_messages,
    shipping,
    shipping_services,
    sign_in,
    tags,
    tickets,
    tokens,
)
from infra.local.simulators.wechat_api.account import MINI, WEB
from infra.local.simulators.wechat_api.quotas import Quota
from infra.local.simulators.wechat_api.simulator import Call, Refused, Simulator

BOTH = (MINI, WEB)
UNLIMITED = Quota()


@dataclass(frozen=True)
class Interface:
    """One documented interface: its path is also its fault point. ``kinds``: the kinds of account that may call it."""

    path: str
    method: str
    answer: Callable
    kinds: tuple[str, ...] = BOTH
    quota: Quota = UNLIMITED
    needs_token: bool = True
    takes_file: bool = False


def for_mini(method: str, path: str, answer: Callable, quota: Quota = UNLIMITED) -> Interface:
    return Interface(path, method, answer, (MINI,), quota)


def for_web(method: str, path: str, answer: Callable, quota: Quota = UNLIMITED) -> Interface:
    return Interface(path, method, answer, (WEB,), quota)


def for_both(method: str, path: str, answer: Callable, quota: Quota = UNLIMITED) -> Interface:
    return Interface(path, method, answer, BOTH, quota)


def without_token(method: str, path: str, answer: Callable, quota: Quota = UNLIMITED) -> Interface:
    return Interface(path, method, answer, BOTH, quota, needs_token=False)


LINKS = Quota(a_day=500_000, pool="urllink and scheme", minute_errcode=44990)

INTERFACES = (
    # Who it is
    without_token("GET", "/sns/jscode2session", sign_in.jscode2session, Quota(each_minute=100)),
    for_mini("POST", "/wxa/business/getuserphonenumber", sign_in.get_phone_number),
    for_mini("GET", "/wxa/checksession", sign_in.check_session),
    without_token("GET", "/sns/oauth2/access_token", oauth.access_token),
    without_token("GET", "/sns/oauth2/refresh_token", oauth.refresh_token),
    without_token("GET", "/sns/userinfo", oauth.userinfo),
    without_token("GET", "/sns/auth", oauth.auth),
    # Tokens, counts, diagnosis
    without_token("POST", "/cgi-bin/stable_token", tokens.stable_token, Quota(a_day=500_000, a_minute=10_000)),
    without_token("GET", "/cgi-bin/token", tokens.token, Quota(a_day=2000)),
    for_both("POST", "/cgi-bin/clear_quota", quotas.clear_quota),
    without_token("POST", "/cgi-bin/clear_quota/v2", quotas.clear_quota_by_secret),
    for_both("POST", "/cgi-bin/openapi/quota/get", lambda sim, call: get_quota(sim, call)),
    for_both("POST", "/cgi-bin/openapi/rid/get", diagnosis.get_rid),
    for_both("GET", "/cgi-bin/getcallbackip", diagnosis.callback_addresses),
    for_both("GET", "/cgi-bin/get_api_domain_ip", diagnosis.api_addresses),
    for_web("GET", "/cgi-bin/ticket/getticket", tickets.get_ticket, Quota(a_day=1_000_000)),
    # Followers of the service account
    for_web("GET", "/cgi-bin/user/info", followers.get_user, Quota(a_day=5_000_000)),
    for_web("POST", "/cgi-bin/user/info/batchget", followers.get_users, Quota(a_day=500_000)),
    for_web("GET", "/cgi-bin/user/get", followers.list_openids, Quota(a_day=500)),
    for_web("POST", "/cgi-bin/user/info/updateremark", followers.set_remark, Quota(a_day=10_000)),
    for_web("POST", "/cgi-bin/tags/create", tags.create, Quota(a_day=1000)),
    for_web("GET", "/cgi-bin/tags/get", tags.list_tags, Quota(a_day=1000)),
    for_web("POST", "/cgi-bin/tags/update", tags.rename, Quota(a_day=1000)),
    for_web("POST", "/cgi-bin/tags/delete", tags.delete, Quota(a_day=1000)),
    for_web("POST", "/cgi-bin/user/tag/get", tags.list_people, Quota(a_day=1000)),
    for_web("POST", "/cgi-bin/tags/members/batchtagging", tags.give, Quota(a_day=100_000)),
    for_web("POST", "/cgi-bin/tags/members/batchuntagging", tags.take_back, Quota(a_day=100_000)),
    for_web("POST", "/cgi-bin/tags/getidlist", tags.list_of_person, Quota(a_day=1_000_000)),
    # Menus
    for_web("POST", "/cgi-bin/menu/create", menus.create, Quota(a_day=1000)),
    for_web("GET", "/cgi-bin/menu/get", menus.show, Quota(a_day=10_000)),
    for_web("GET", "/cgi-bin/menu/delete", menus.delete, Quota(a_day=1000)),
    for_web("GET", "/cgi-bin/get_current_selfmenu_info", menus.show_current, Quota(a_day=10_000)),
    for_web("POST", "/cgi-bin/menu/addconditional", menus.add_conditional, Quota(a_day=2000)),
    for_web("POST", "/cgi-bin/menu/delconditional", menus.delete_conditional, Quota(a_day=2000)),
    for_web("POST", "/cgi-bin/menu/trymatch", menus.try_match, Quota(a_day=20_000)),
    # Messages
    for_mini("POST", "/cgi-bin/message/subscribe/send", messages.send, Quota(a_day=30_000_000)),
    for_web("POST", "/cgi-bin/message/template/send", service_messages.send, Quota(a_day=100_000)),
    for_both("POST", "/cgi-bin/message/custom/send", customer.send, Quota(a_day=500_000)),
    for_both("POST", "/cgi-bin/message/custom/typing", customer.typing),
    Interface("/cgi-bin/media/upload", "POST", media.upload, quota=Quota(a_day=100_000), takes_file=True),
    for_both("GET", "/cgi-bin/media/get", media.get, Quota(a_day=200_000)),
    for_mini("GET", "/wxaapi/newtmpl/getcategory", newtmpl.get_category),
    for_mini("GET", "/wxaapi/newtmpl/getpubtemplatetitles", newtmpl.get_titles),
    for_mini("GET", "/wxaapi/newtmpl/getpubtemplatekeywords", newtmpl.get_keywords),
    for_mini("GET", "/wxaapi/newtmpl/gettemplate", newtmpl.get_templates),
    for_mini("POST", "/wxaapi/newtmpl/addtemplate", newtmpl.add_template),
    for_mini("POST", "/wxaapi/newtmpl/deltemplate", newtmpl.delete_template),
    for_web("POST", "/cgi-bin/template/api_add_template", service_messages.add_template, Quota(a_day=1000)),
    for_web("GET", "/cgi-bin/template/get_all_private_template", service_messages.list_templates),
    for_web("POST", "/cgi-bin/template/del_private_template", service_messages.delete_template),
    for_web("POST", "/cgi-bin/template/api_set_industry", service_messages.set_industry),
    for_web("GET", "/cgi-bin/template/get_industry", service_messages.get_industry),
    # Codes and links
    for_mini("POST", "/wxa/getwxacodeunlimit", pictures.get_unlimited_code, Quota(a_minute=5000)),
    for_mini("POST", "/wxa/getwxacode", pictures.get_code),
    for_mini("POST", "/cgi-bin/wxaapp/createwxaqrcode", pictures.create_qr_code),
    for_web("POST", "/cgi-bin/qrcode/create", scene_codes.create, Quota(a_day=100_000)),
    for_mini("POST", "/wxa/generate_urllink", links.generate_url_link, LINKS),
    for_mini("POST", "/wxa/query_urllink", links.query_url_link),
    for_mini("POST", "/wxa/generatescheme", links.generate_scheme, LINKS),
    for_mini("POST", "/wxa/queryscheme", links.query_scheme),
    for_mini("POST", "/wxa/genwxashortlink", links.generate_short_link),
    # Safety
    for_mini("POST", "/wxa/msg_sec_check", safety.check_text, Quota(a_day=2_000_000, a_minute=4000)),
    Interface("/wxa/img_sec_check", "POST", safety.check_image, (MINI,), Quota(a_day=200_000, a_minute=2000),
              takes_file=True),
    for_mini("POST", "/wxa/media_check_async", media_check.check_media, Quota(a_day=200_000, a_minute=2000)),
    for_mini("POST", "/wxa/getuserriskrank", safety.get_risk_rank),
    # Shipping
    for_mini("POST", "/wxa/sec/order/upload_shipping_info", shipping.upload_shipping_info),
    for_mini("POST", "/wxa/sec/order/upload_combined_shipping_info", shipping_services.upload_combined),
    for_mini("POST", "/wxa/sec/order/get_order", shipping.get_order),
    for_mini("POST", "/wxa/sec/order/get_order_list", shipping_services.list_orders),
    for_mini("POST", "/wxa/sec/order/notify_confirm_receive", shipping_services.notify_confirm_receive),
    for_mini("POST", "/wxa/sec/order/set_msg_jump_path", shipping_services.set_jump_path),
    for_mini("POST", "/wxa/sec/order/is_trade_managed", shipping_services.is_trade_managed),
    for_mini("POST", "/wxa/sec/order/is_trade_management_confirmation_completed",
             shipping_services.is_confirmation_completed),
    for_both("POST", "/cgi-bin/express/delivery/open_msg/get_delivery_list", shipping.get_delivery_list),
)  # fmt: skip


def quota_of(path: object, kind: str) -> Quota:
    """What an account of this kind may do there; 76021 no such interface, 76022 none of its."""
    for one in INTERFACES:
        if one.path == path:
            if kind not in one.kinds:
                raise Refused(76022, "could not use this cgi_path, no permission")
            return one.quota
    raise Refused(76021, "cgi_path not found, please check")


def get_quota(sim: Simulator, call: Call) -> dict:
    """POST /cgi-bin/openapi/quota/get: how much of an interface is left today, and how long its minute lasts."""
    path = call.body.get("cgi_path")
    return quotas.describe(sim, call.appid, str(path), quota_of(path, call.account.kind))

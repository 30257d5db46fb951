"""The subscribe-message templates of a mini program (订阅消息模板): chosen from a public library, fifty at most."""

from __future__ import annotations

from infra.local.simulators.wechat_api import templates
from infra.local.simulators.wechat_api.simulator import OK, Call, Refused, Simulator
from infra.local.simulators.wechat_api.templates import library

MOST_TEMPLATES = 50
KEYWORDS = range(2, 6)
LONGEST_SCENE = 15
MOST_TITLES = 30


def get_category(_sim: Simulator, _call: Call) -> dict:
    """GET /wxaapi/newtmpl/getcategory: the categories of the account."""
    return OK | {"data": library()["categories"]}


def get_titles(_sim: Simulator, call: Call) -> dict:
    """GET /wxaapi/newtmpl/getpubtemplatetitles: the library's templates of some categories. 200018 ids missing, 200019
    unknown, 200016 start, 200017 limit."""
    given = [one for one in call.query.get("ids", "").split(",") if one]
    if not given:
        raise Refused(200018, "ids missing")
    if not set(given) <= {str(category["id"]) for category in library()["categories"]}:
        raise Refused(200019, "invalid ids")
    start, limit = call.query.get("start", ""), call.query.get("limit", "")
    if not start.isdigit():
        raise Refused(200016, "invalid start")
    if not limit.isdigit() or not 0 < int(limit) <= MOST_TITLES:
        raise Refused(200017, "invalid limit")
    found = [one for one in library()["subscribe"] if one["categoryId"] in given]
    page = found[int(start) : int(start) + int(limit)]
    titles = [{key: one[key] for key in ("tid", "title", "type", "categoryId")} for one in page]
    return OK | {"count": len(found), "data": titles}


def get_keywords(_sim: Simulator, call: Call) -> dict:
    """GET /wxaapi/newtmpl/getpubtemplatekeywords: the keywords of one template of the library; 200014 the tid."""
    keywords = public_template(call.query.get("tid"))["keywords"]
    return OK | {"count": len(keywords), "data": keywords}


def public_template(tid: object) -> dict:
    for one in library()["subscribe"]:
        if str(one["tid"]) == str(tid):
            return one
    raise Refused(200014, "invalid tid")


def get_templates(sim: Simulator, call: Call) -> dict:
    """GET /wxaapi/newtmpl/gettemplate: what the account may send."""
    return OK | {"data": [describe(one) for one in templates.templates_of(sim, call.appid)]}


def describe(template: dict) -> dict:
    """As the interface tells it: one line for each field."""
    lines = [f"{field['label']}:{{{{{field['key']}.DATA}}}}" for field in template["fields"]]
    examples = [f"{field['label']}:{field.get('example', '')}" for field in template["fields"]]
    return {
        "priTmplId": template["template_id"],
        "title": template["title"],
        "content": "\n".join(lines) + "\n",
        "example": "\n".join(examples) + "\n",
        "type": template.get("type", 2),
    }


def add_template(sim: Simulator, call: Call) -> dict:
    """POST /wxaapi/newtmpl/addtemplate: 200014 tid, 200020 the keywords, 200021 the scene, 200012 too many."""
    public, kids = public_template(call.body.get("tid")), call.body.get("kidList")
    known = {keyword["kid"]: keyword for keyword in public["keywords"]}
    if not isinstance(kids, list) or len(kids) not in KEYWORDS or len(set(map(str, kids))) != len(kids):
        raise Refused(200020, "invalid kidList")
    if not all(isinstance(kid, int) and kid in known for kid in kids):
        raise Refused(200020, "invalid kidList")
    scene = call.body.get("sceneDesc")
    if scene is not None and (not isinstance(scene, str) or len(scene) > LONGEST_SCENE):
        raise Refused(200021, "invalid sceneDesc")
    if len(templates.templates_of(sim, call.appid)) >= MOST_TEMPLATES:
        raise Refused(200012, "template num exceeds limit")
    fields = [
        {"key": f"{known[kid]['rule']}{kid}", "label": known[kid]["name"], "example": known[kid]["example"]}
        for kid in kids
    ]
    made = {"name": f"tid_{public['tid']}", "title": public["title"], "type": public["type"], "fields": fields}
    return OK | {"priTmplId": templates.add(sim, call.appid, made)}


def delete_template(sim: Simulator, call: Call) -> dict:
    """POST /wxaapi/newtmpl/deltemplate: 20002 when the account has it not."""
    try:
        templates.delete(sim, call.appid, call.body.get("priTmplId"))
    except Refused:
        raise Refused(20002, "invalid priTmplId") from None
    return OK

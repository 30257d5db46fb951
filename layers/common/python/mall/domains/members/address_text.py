"""Pasted text to an address (地址识别, spec A2): who, phone, province, city, district, the rest.

Rules only, no network and no dictionary of streets: what is not sure stays empty, for the buyer to fill
in. The order of the parts is free; separators are blanks, lines, punctuation, or nothing at all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from mall.kit import divisions
from mall.kit.divisions import MUNICIPALITIES, direct_city, read, short

CITIES = {province: [city for city in towns if city != direct_city(province)]
          for province, towns in divisions.cities().items()}
# {county-level city or county that the province administers itself: (province, city)}
COUNTIES = {name: (province, town) for province, towns in divisions.cities().items() for town, city in towns.items()
            for name in city.coded if name.endswith("市") or town == direct_city(province)}


@dataclass(frozen=True)
class ParsedAddress:
    """Empty text where nothing was found."""

    name: str = ""
    phone: str = ""
    province: str = ""
    city: str = ""
    district: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Region:
    province: str
    city: str
    district: str
    used: int  # characters of the text that said so


def parse_address(text: str) -> ParsedAddress:
    """The parts of an address in any usual order, e.g. `张三 13800001111 浙江省杭州市西湖区文三路1号`."""
    name, text = _labelled_name(text.translate(_HALF_WIDTH))
    phone, text = _phone(text)
    tokens, start = _find_region(_tokens(text))
    if not name:
        name, tokens, start = _take_name(tokens, start)
    from_region_on = tokens[start:] + tokens[:start] if start > 0 else tokens
    told = [token for token in from_region_on if token != PHONE_MARK]
    if start < 0 or not _place("".join(told)):  # none, or a half of it was the name: 江, 西张
        return ParsedAddress(name=name, phone=phone, detail=_join(told))
    region, detail = _read_region(told)
    return _known(ParsedAddress(name, phone, region.province, region.city, region.district, detail))


def _known(found: ParsedAddress) -> ParsedAddress:
    """So that the answer can be saved as it is: what is no district of the city belongs to the rest."""
    city = found.city or _only_city(found.province, found.district)
    place = read(found.province, city, found.district)
    if place.unknown and found.district:
        return replace(found, district="", detail=f"{found.district}{found.detail}")
    return replace(found, city=city)


def _only_city(province: str, district: str) -> str:
    """The city of a district that no other city of the province has (雄安新区)."""
    towns = [town for town, city in divisions.cities()[province].items() if district and district in city.names]
    return towns[0] if len(towns) == 1 else ""


def _tokens(text: str) -> list[str]:
    pieces = _SEPARATORS.split(_LABELS.sub("\n", _EXTENSION.sub("\n", text)))
    return [_LEAD.sub("", piece) for piece in pieces if not _IDLE.fullmatch(piece)]


# the phone, the name by its label

_HALF_WIDTH = {**{code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}, 0x3000: 0x20, 0xA0: 0x20}
PHONE_MARK = "\x00"
_MOBILE = re.compile(
    r"(?<![0-9])(?:\(?\+?(?:00)?86\)?[-\s]*)?(1[3-9][0-9])[-\s]?([0-9]{4})[-\s]?([0-9]{4})(?:-[0-9]{3,4}|转[0-9]{3,4})?(?![0-9])")
_SEPARATORS = re.compile(r"[\s,;:|/。、!\"'<>【】\[\](){}]+")
_LABELS = re.compile(
    r"(?:手机号码|手机号|联系手机|联系电话|联系方式|手机|电话号码|电话|所在地区|所在地|省市区|地区|详细地址|收货地址|收件地址|邮寄地址|街道地址"
    r"|地址|邮政编码|邮编)\s*[:=]|(?:^|(?<=[\s,;\x00]))(?:联系电话|手机号码|手机号|手机|电话|所在地区|详细地址|收货地址|收件地址|地址|邮编)(?=[\s\x00]|[0-9])")
_NAME_LABEL = re.compile(
    r"(?:收货人姓名|收件人姓名|收货人|收件人|联系人|姓名|名字)(?:\s*[:=]\s*|\s+)([^\s,;。、:\[(0-9]{1,20})(?:[\[(][0-9]{2,6}[\])])?")
_EXTENSION = re.compile(r"\[[0-9]{3,4}\]")  # of a private number (隐私号)
_IDLE = re.compile(r"[0-9]{6}|收|亲启|")  # a postcode (邮编), an "attention of"
_LEAD = re.compile(r"^(?:寄到|发到|送到|寄往)?(?:中国(?=.))?")


def _labelled_name(text: str) -> tuple[str, str]:
    found = _NAME_LABEL.search(text)
    if found is None:
        return "", text
    return found.group(1), text[:found.start()] + "\n" + text[found.end():]


def _phone(text: str) -> tuple[str, str]:
    found = _MOBILE.search(text)
    if found is None:
        return "", text
    return "".join(found.groups()), f"{text[:found.start()]}\n{PHONE_MARK}\n{text[found.end():]}"


# the region

def _find_region(tokens: list[str]) -> tuple[list[str], int]:
    """The token that the region begins; one that begins with something else (a name) is cut in two."""
    for index in range(len(tokens)):
        if _place("".join(tokens[index:index + 4])):
            return tokens, index
    for index, token in enumerate(tokens):
        for at in range(1, len(token) - 2):
            if _place_by_full_name(token[at:]):
                return [*tokens[:index], token[:at], token[at:], *tokens[index + 1:]], index + 1
    return tokens, -1


def _read_region(tokens: list[str]) -> tuple[Region, str]:
    """The region may run over several tokens; blanks inside it do not count, those in the detail do."""
    region = _place("".join(tokens))
    used, rest = region.used, list(tokens)
    while used and used >= len(rest[0]):
        used -= len(rest.pop(0))
        if not rest:
            return region, ""
    return region, _join([rest[0][used:], *rest[1:]])


def _place(text: str) -> Region | None:
    """Province, city and district at the beginning of `text`; either of the first two may be missing."""
    return _place_by_full_name(text) or _place_by_short_name(text)


def _place_by_full_name(text: str) -> Region | None:
    for province in CITIES:
        if text.startswith((province, f"{short(province)}{province}")):  # 北京北京市, as forms write it
            return _inside(province, text, text.index(province) + len(province))
    for province, cities in CITIES.items():
        if province.endswith("自治区") and text.startswith(f"{short(province)}省"):  # 广西省, as many write
            return _inside(province, text, len(short(province)) + 1)
        for city in cities:
            if text.startswith(city):
                return _district(province, city, text, len(city))
    for county, (province, city) in COUNTIES.items():
        if text.startswith(county):
            return Region(province, city, county, len(county))
    return None


def _place_by_short_name(text: str) -> Region | None:
    for province in CITIES:
        name = short(province)
        if text.startswith(name) and not _STREET.match(text, len(name)):
            return _inside(province, text, len(name))
    for province, cities in CITIES.items():
        for city in cities:
            name = short(city)
            if text.startswith(name) and not _STREET.match(text, len(name)):
                return _district(province, city, text, len(name))
    return None


_STREET = re.compile(r"[东西南北中]?[一二三四五六]?(?:路|街|大道|大街|大厦|大酒店|公寓|花园|广场|区|县)|$")


def _inside(province: str, text: str, at: int) -> Region:
    """The city inside a province whose name ends at `at`."""
    if province in MUNICIPALITIES:
        return _district(province, province, text, _skip(text, at, (province, "市辖区", "县")))
    at = _skip(text, at, (direct_city(province), *_DIRECT_LABELS))
    for city in CITIES[province]:
        if text.startswith(city, at):
            return _district(province, city, text, at + len(city))
    for county, (owner, city) in COUNTIES.items():
        if owner == province and text.startswith(county, at):
            return Region(province, city, county, at + len(county))
    return _inside_by_short_name(province, text, at)


_DIRECT_LABELS = ("省直辖县级行政单位", "自治区直辖县级行政单位", "自治区直辖县", "省直辖县", "省直辖")


def _inside_by_short_name(province: str, text: str, at: int) -> Region:
    for city in CITIES[province]:
        name = short(city)
        if text.startswith(name, at) and not _STREET.match(text, at + len(name)):
            return _district(province, city, text, at + len(name))
    for county, (owner, city) in COUNTIES.items():
        if owner == province and city == direct_city(province) and text.startswith(short(county), at):
            return Region(province, city, county, at + len(short(county)))
    return _district(province, "", text, at)


def _skip(text: str, at: int, words: tuple[str, ...]) -> int:
    """Where `text` goes on behind those of the words that stand at `at`, each at most once."""
    for word in words:
        if text.startswith(word, at):
            at += len(word)
    return at


_DISTRICT = re.compile(r"[一-鿿]{1,11}?(?:自治县|自治旗|林区|特区|新区|区|县|市|旗)")
_TOWN = re.compile(r"[一-鿿]{1,5}?(?:镇|街道)")
_NO_DISTRICT = re.compile(
    r".+[路街号村].*|.*(?:超|夜|菜|门)市|.*(?:小|社|校|厂|景|生活|住宅|院|街|库|片|宿舍)区"
    r"|[一二三四五六七八九十甲乙丙丁]区")
_WITHOUT_DISTRICTS = ("东莞市", "中山市", "儋州市", "嘉峪关市")


def _district(province: str, city: str, text: str, at: int) -> Region:
    """A name that ends like a district right behind the city. Towns count only in the four cities that
    have no districts."""
    if text.startswith("市辖区", at):
        at += 3
    for county, (owner, parent) in COUNTIES.items():
        if owner == province and parent == city and text.startswith(county, at):
            return Region(province, city, county, at + len(county))
    towns = city in _WITHOUT_DISTRICTS
    found = (_TOWN if towns else _DISTRICT).match(text, at)
    if found is None or (not towns and _NO_DISTRICT.fullmatch(found.group())):
        return Region(province, city, "", at)
    return Region(province, city, found.group(), found.end())


# the name without a label

_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾"
    "夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧"
    "耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧阳司徒上官诸葛尉迟皇甫")
_TITLES = re.compile(r"(?:先生|女士|小姐|同学|老师|收|亲启)$")
_HARD_ENDS = "路街巷弄号栋幢楼层室座村镇乡区县市省旗盟厦店司院校场侧旁口站"
_SOFT_ENDS = "园苑城庭府湾里州道组家厂"


def _take_name(tokens: list[str], start: int) -> tuple[str, list[str], int]:
    """The token that looks most like a person, taken out of the tokens."""
    ranked = [(_likeness(tokens, index), -index) for index in range(len(tokens)) if index != start]
    best, place = max(ranked, default=(0, 0))
    if best < (2 if start >= 0 else 3):
        return _name_at_the_end(tokens, start)
    index = -place
    name = re.sub(r"(?<=.)(?:收|亲启)$", "", tokens[index])
    return name, tokens[:index] + tokens[index + 1:], start - (1 if 0 <= index < start else 0)


def _likeness(tokens: list[str], index: int) -> int:
    """How much a token looks like a person: kind of text, surname, title, place among the tokens."""
    token = tokens[index]
    person = _TITLES.sub("", token)
    if re.fullmatch(r"[A-Za-z][A-Za-z.]{1,19}", token):
        likeness = 1
    elif re.fullmatch(r"[一-鿿]{1,5}(?:·[一-鿿]{1,8})*", token) and person:
        likeness = 1 + (person[0] in _SURNAMES and len(person) <= 4) + 2 * (person != token) + ("·" in token)
    else:
        return -9
    beside_phone = PHONE_MARK in tokens[max(0, index - 1):index + 2]
    likeness += beside_phone + (index in (0, len(tokens) - 1))
    likeness -= 3 * (token[-1] in _HARD_ENDS) + (token[-1] in _SOFT_ENDS) + 2 * (len(token) == 1)
    return likeness - (len(person) > 4 and "·" not in person)


_STUCK = re.compile(r"(?<=[号室楼层栋幢座元])([一-鿿]{2,4})$")


def _name_at_the_end(tokens: list[str], start: int) -> tuple[str, list[str], int]:
    """`...文三路1号张三`: a surname right behind the last house number, where the phone follows or nothing."""
    for index, token in enumerate(tokens):
        found = _STUCK.search(token)
        last = index == len(tokens) - 1 or tokens[index + 1] == PHONE_MARK
        if found and last and found.group(1)[0] in _SURNAMES and found.group(1)[-1] not in _HARD_ENDS + _SOFT_ENDS:
            return found.group(1), [*tokens[:index], token[:found.start()], *tokens[index + 1:]], start
    return "", tokens, start


def _join(tokens: list[str]) -> str:
    """Chinese needs no blank between the parts; letters and digits on both sides do."""
    joined = ""
    for token in filter(None, tokens):
        apart = joined and joined[-1].isascii() and token[0].isascii()
        joined += f" {token}" if apart else token
    return joined

"""The administrative divisions (行政区划) that a Chinese address begins with: one table, `divisions.txt` beside this.

People, pickers and WeChat write the same place in several ways: 新疆 and 新疆维吾尔自治区, 北京市 市辖区 and 北京市
北京市, 仙桃市 and 省直辖县级行政区划 仙桃市. `place` and `key` make one of them, the official one, when something is
saved; `read` and `read_key` do so for what was stored before, and never fail. Rules about money compare official names.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from mall.kit.errors import BadInput

MUNICIPALITIES = ("北京市", "天津市", "上海市", "重庆市", "香港特别行政区", "澳门特别行政区")
DIRECT, DIRECT_OF_XINJIANG = "省直辖县级行政区划", "自治区直辖县级行政区划"
ZONES = ("高新区", "经开区", "开发区", "新区", "工业园区", "高新技术产业开发区", "经济技术开发区", "经济开发区")

_DIRECT_WORDS = frozenset((DIRECT, DIRECT_OF_XINJIANG, "省直辖县级行政单位", "自治区直辖县级行政单位", "省直辖县",
                           "自治区直辖县", "省直辖", "直辖县", "直辖县级"))
_NO_CITY = frozenset(("市辖区", "县", "", "香港岛", "九龙", "新界", "澳门半岛", "澳门外岛", "澳门离岛"))
_SUFFIXES = ("特别行政区", "自治州", "自治区", "自治县", "自治旗", "地区", "林区", "盟", "省", "市", "县", "区", "旗",
             "街道", "镇", "乡")
_PEOPLES = (
    "维吾尔 壮族 回族 土家族 苗族 朝鲜族 藏族 羌族 彝族 布依族 侗族 哈尼族 傣族 白族 景颇族 傈僳族 "
    "蒙古族 蒙古 柯尔克孜 哈萨克 黎族 满族 瑶族 畲族 锡伯 塔吉克 土族 撒拉族 保安族 东乡族 裕固族 "
    "纳西族 拉祜族 佤族 布朗族 独龙族 怒族 普米族 仡佬族 水族 毛南族 仫佬族 达斡尔族 鄂温克族 各族").split()
_TRADITIONAL = str.maketrans("臺灣門廣東內陝貴雲龍遼寧慶肅蘇縣區鄉鎮", "台湾门广东内陕贵云龙辽宁庆肃苏县区乡镇")


class UnknownDivision(BadInput):
    code, message = "UNKNOWN_DIVISION", "省市区无法识别，请选择列表中的名称"


class Place(NamedTuple):
    """A place by its official names. `unknown`: the first part that the table does not have ("province", "city" or
    "district"), only where something stored is read; "" when all are known."""

    province: str
    city: str
    district: str
    unknown: str = ""

    @property
    def needs_district(self) -> bool:
        """Whether the city has districts and none is told."""
        return not self.unknown and not self.district and bool(_table()[self.province][self.city].coded)


class City(NamedTuple):
    coded: dict[str, str]  # {district: its code of six digits}
    loose: tuple[str, ...]  # what stands in addresses all the same: towns, zones, names of before

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.coded, *self.loose)


def place(province: str, city: str, district: str) -> Place:
    """The official names of a place that a person wrote; "" for the district where there is none. Raises
    UnknownDivision with the part as its field and the nearest names in `suggestions`."""
    found = read(province, city, district)
    if found.unknown:
        raise _unknown(found)
    return found


def key(written: str) -> str:
    """The official form of `省`, `省/市` or `省/市/区`, as a freight template names a place. Raises UnknownDivision."""
    found = _by_key(written)
    if found.unknown:
        raise _unknown(found)
    return join(found)


def keys(written: Sequence[str], field: str) -> list[str]:
    """The same of several places of an input's `field`. Raises UnknownDivision, which says which of them."""
    found = []
    for number, place in enumerate(written):
        try:
            found.append(key(place))
        except UnknownDivision as unknown:
            raise UnknownDivision(unknown.message, field=f"{field}.{number}", **unknown.data) from None
    return found


@lru_cache(maxsize=4_096)
def read_key(written: str) -> str:
    """The same for what is stored: what is not known stays as it is."""
    return join(_by_key(written))


def join(found: Place) -> str:
    return "/".join(part for part in found[:3] if part)


@lru_cache(maxsize=4_096)
def read(province: str, city: str, district: str) -> Place:
    """The official names of a stored place, as far as they are known; the rest as it stands, without blanks."""
    written = [fold(part) for part in (province, city, district)]
    whole = _provinces().get(written[0])
    if whole is None:
        return Place(*written, unknown="province")
    town, rest = _city(whole, written[1], written[2])
    if town is None:
        return Place(whole, *written[1:], unknown="city")
    inside = _district(whole, town, rest)
    return Place(whole, town, rest, "district") if inside is None else Place(whole, town, inside)


def fold(name: str) -> str:
    """One form of the same letters: full width, blanks, traditional ones."""
    return "".join(unicodedata.normalize("NFKC", name).split()).translate(_TRADITIONAL)


def short(name: str) -> str:
    """The name as people write it: 恩施土家族苗族自治州 -> 恩施, 内蒙古自治区 -> 内蒙古, 西湖区 -> 西湖."""
    for suffix in _SUFFIXES:
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            name = name.removesuffix(suffix)
            break
    stripped = True
    while stripped:
        people = next((p for p in _PEOPLES if name.endswith(p) and len(name) - len(p) >= 2), None)
        name, stripped = (name.removesuffix(people), True) if people else (name, False)
    return name


def direct_city(province: str) -> str:
    """What stands for the city of a county that the province administers itself."""
    return DIRECT_OF_XINJIANG if province == "新疆维吾尔自治区" else DIRECT


def cities() -> dict[str, dict[str, City]]:
    """{province: {city: its districts}}, in the order of the codes."""
    return _table()


@lru_cache(maxsize=1)
def _table() -> dict[str, dict[str, City]]:
    table: dict[str, dict[str, City]] = {}
    inside: dict[str, City] = {}
    for line in Path(__file__).with_name("divisions.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        entry, _, loose = line.partition("|")
        code, name, *districts = entry.split()
        if len(code) == 2:
            inside = table[name] = {}
        else:
            inside[name] = City(dict(_coded(code, each) for each in districts), tuple(loose.split()))
    return table


def _coded(city: str, entry: str) -> tuple[str, str]:
    digits = 6 if entry[:6].isdigit() else 2
    return entry[digits:], entry[:digits] if digits == 6 else city + entry[:digits]


@lru_cache(maxsize=1)
def _provinces() -> dict[str, str]:
    names: dict[str, str] = {}
    for province in _table():
        brief = short(province)
        names |= {province: province, brief: province, f"{brief}省": province, f"{brief}市": province}
    return names | {"新疆自治区": "新疆维吾尔自治区", "广西自治区": "广西壮族自治区", "宁夏自治区": "宁夏回族自治区",
                    "香港特区": "香港特别行政区", "澳门特区": "澳门特别行政区"}


@lru_cache(maxsize=64)
def _cities_of(province: str) -> dict[str, tuple[str, str]]:
    """{how a city of the province may be written: (city, district)}; a county-level city may stand for its city, and a
    county that the province administers for what stands there instead of one."""
    towns, direct = _table()[province], direct_city(province)
    found = {name: (town, name) for town, city in towns.items() for name in city.coded
             if name.endswith("市") or town == direct}
    briefs = Counter(short(town) for town in towns)
    for town in (town for town in towns if briefs[short(town)] == 1):
        found.update({each: (town, "") for each in (short(town), f"{short(town)}州", f"{short(town)}地区")})
    for name in towns[direct].coded if direct in towns else ():
        found.update({each: (direct, name) for each in (short(name), f"{short(name)}县")})
    return found | {f"{short(town)}市": (town, "") for town in towns if town.endswith(("地区", "盟"))
                    and f"{short(town)}市" not in found} | {town: (town, "") for town in towns}


def _city(province: str, written: str, district: str) -> tuple[str | None, str]:
    """The city, and what is left to be read as its district; None for a city that the province does not have."""
    if province in MUNICIPALITIES:
        if written in _NO_CITY or _provinces().get(written) == province:
            return province, district
        alone = district in ("", written)  # a picker of two columns: 北京市, 朝阳区
        return (province, written) if alone and _district(province, province, written) else (None, district)
    if written in _DIRECT_WORDS:
        direct = direct_city(province)
        return (direct if direct in _table()[province] else None), district
    city, inside = _cities_of(province).get(written, (None, ""))
    if inside and district not in ("", inside, short(inside)):
        return None, district
    return city, inside or district


def _district(province: str, city: str, written: str) -> str | None:
    """"" where none is told; None for one that the city does not have."""
    known = _table()[province][city]
    if written in ("", city) or (written == "市辖区" and not known.coded):
        return ""
    if written in known.coded or written in known.loose:
        return written
    briefly = _briefly(province, city)
    return briefly.get(written) or briefly.get(short(written)) or (written if written in ZONES else None)


@lru_cache(maxsize=512)
def _briefly(province: str, city: str) -> dict[str, str]:
    """{short name: district}, without those that mean two. So a county that has become a city (长垣县) is found."""
    of_city = (city, short(city), province, short(province))
    pairs = [(brief, name) for name in _table()[province][city].names
             for brief in {short(name), *(name.removeprefix(lead) for lead in of_city)} - {name}]
    many = Counter(brief for brief, _ in pairs)
    return {brief: name for brief, name in pairs if many[brief] == 1 and len(brief) > 1}


def _by_key(written: str) -> Place:
    """A key has one to three parts; of a municipality and of a county that the province administers, the city may be
    left out."""
    parts = [*written.split("/"), "", ""][:3]
    if parts[1]:
        return read(*parts)
    whole = _provinces().get(fold(parts[0]))
    return Place(whole, "", "") if whole else Place(fold(parts[0]), "", "", "province")


def _unknown(found: Place) -> UnknownDivision:
    """The nearest names that stand where the unknown one stands."""
    written = getattr(found, found.unknown)
    if found.unknown == "province":
        told = _owners(written) or _nearest(written, {name: name for name in _table()})
        what = "省份"
    elif found.unknown == "city":
        told = _nearest(written, {name: name for name in _table()[found.province]})
        what = f"{found.province}的城市"
    else:
        told = _nearest(written, {name: name for name in _table()[found.province][found.city].names})
        what = f"{found.city}的区县"
    hint = f"，是否为：{'、'.join(told)}" if told else "，请选择列表中的名称"
    return UnknownDivision(f"{what}无法识别{hint}", field=found.unknown, suggestions=told)


def _owners(city: str) -> list[str]:
    """The province of what is no province but a city."""
    return [province for province in _table() if city in _cities_of(province)][:1] if len(city) > 1 else []


def _nearest(written: str, names: dict[str, str]) -> list[str]:
    from difflib import get_close_matches  # only a refusal needs it

    brief = {short(name): name for name in names} | names
    close = [*get_close_matches(written, brief, 3, 0.5), *get_close_matches(short(written), brief, 3, 0.5)][:3]
    return list(dict.fromkeys(brief[each] for each in close))

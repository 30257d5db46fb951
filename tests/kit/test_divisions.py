"""The one table of divisions: a place is the same however it is written, and what is no place is refused (A2, D3)."""

import pytest
from mall.kit import divisions
from mall.kit.divisions import UnknownDivision

pytestmark = pytest.mark.spec("A2", "D3")

WRITTEN = [  # as people, pickers and WeChat write it, and what it is
    ("台湾/台北/信义", "台湾省/台北市/信义区"),
    ("臺灣省/台中市/西屯區", "台湾省/台中市/西屯区"),
    ("台湾省/台北市/", "台湾省/台北市"),
    ("新疆/乌鲁木齐/天山区", "新疆维吾尔自治区/乌鲁木齐市/天山区"),
    ("新疆/石河子/", "新疆维吾尔自治区/自治区直辖县级行政区划/石河子市"),
    ("广西省/崇左市/凭祥市", "广西壮族自治区/崇左市/凭祥市"),
    ("北京/市辖区/朝阳", "北京市/北京市/朝阳区"),
    ("北京市/朝阳区/", "北京市/北京市/朝阳区"),
    ("重庆市/县/秀山县", "重庆市/重庆市/秀山土家族苗族自治县"),
    ("湖北/仙桃市/", "湖北省/省直辖县级行政区划/仙桃市"),
    ("湖北/仙桃市/仙桃市", "湖北省/省直辖县级行政区划/仙桃市"),
    ("湖北省/省直辖县级行政单位/神农架林区", "湖北省/省直辖县级行政区划/神农架林区"),
    ("海南/陵水县/", "海南省/省直辖县级行政区划/陵水黎族自治县"),
    ("江苏省/昆山市/", "江苏省/苏州市/昆山市"),
    ("江苏/苏州/工业园区", "江苏省/苏州市/苏州工业园区"),
    ("云南/西双版纳州/景洪", "云南省/西双版纳傣族自治州/景洪市"),
    ("吉林/吉林/船营区", "吉林省/吉林市/船营区"),
    ("内蒙古/锡林郭勒/锡林浩特市", "内蒙古自治区/锡林郭勒盟/锡林浩特市"),
    ("广东/东莞/", "广东省/东莞市"), ("广东/东莞/东莞市", "广东省/东莞市"),
    ("广东/东莞/南城", "广东省/东莞市/南城街道"),
    ("海南/三沙/", "海南省/三沙市"), ("海南/儋州/那大镇", "海南省/儋州市/那大镇"), ("甘肃/嘉峪关/", "甘肃省/嘉峪关市"),
    ("香港/九龙/油尖旺区", "香港特别行政区/香港特别行政区/油尖旺区"),
    ("澳门/澳门/大堂区", "澳门特别行政区/澳门特别行政区/大堂区"),
    ("河南/新乡/长垣县", "河南省/新乡市/长垣市"),  # a county that has become a city
    ("浙江/杭州/江干区", "浙江省/杭州市/江干区"),  # dissolved, and still in address books
    ("四川/成都/高新区", "四川省/成都市/高新区"),
    (" 浙 江 省/杭州市　/西湖区 ", "浙江省/杭州市/西湖区"),
]


@pytest.mark.parametrize(("written", "place"), WRITTEN)
def test_a_place_is_the_same_however_it_is_written(written: str, place: str):
    assert divisions.join(divisions.place(*written.split("/"))) == place
    assert divisions.join(divisions.place(*[*place.split("/"), ""][:3])) == place  # its answer may be sent back


def test_every_official_name_is_its_own_and_a_short_one_means_it_alone():
    for province, cities in divisions.cities().items():
        for city, inside in cities.items():
            assert divisions.place(divisions.short(province), city, "")[:3] == (province, city, "")
            assert divisions.read(province, divisions.short(city), "").city in (city, divisions.short(city))
            for district in inside.names:
                assert divisions.place(province, city, district) == (province, city, district, "")
                assert divisions.read(province, city, divisions.short(district)).district in (
                    district, divisions.short(district))


def test_the_table_has_every_division_once():
    table = divisions.cities()
    codes = [code for cities in table.values() for city in cities.values() for code in city.coded.values()]
    assert (len(table), len(codes), len(set(codes))) == (34, 2845, 2845)
    assert table["浙江省"]["杭州市"].coded["西湖区"] == "330106"
    assert all(len(code) == 6 and code.isdigit() for code in codes)


@pytest.mark.parametrize(("written", "field", "told"), [
    ("火星/火星市/一区", "province", []), ("杭州市/西湖区/", "province", ["浙江省"]),
    ("新彊/乌鲁木齐市/天山区", "province", ["新疆维吾尔自治区"]),
    ("广东省/火星市/南山区", "city", []), ("广东省/深训市/南山区", "city", ["深圳市"]), ("广东省//南山区", "city", []),
    ("台湾/新竹/", "city", ["新竹市", "新竹县"]),  # two of that name
    ("广东省/深圳市/火星区", "district", []), ("浙江省/杭州市/西胡区", "district", ["西湖区"]),
    ("湖北省/仙桃市/火星区", "city", []),
])
def test_what_is_no_place_is_refused_with_the_nearest(written: str, field: str, told: list[str]):
    with pytest.raises(UnknownDivision) as refused:
        divisions.place(*written.split("/"))
    assert (refused.value.field, refused.value.status) == (field, 400)
    assert refused.value.data["suggestions"][:len(told)] == told or set(told) <= set(refused.value.data["suggestions"])
    kept = divisions.read(*written.split("/"))  # what is stored is read all the same
    assert kept.unknown == field


@pytest.mark.parametrize(("written", "key"), [
    ("新疆", "新疆维吾尔自治区"), ("广东/深圳", "广东省/深圳市"), ("北京/朝阳区", "北京市/北京市/朝阳区"),
    ("湖北省/仙桃市", "湖北省/省直辖县级行政区划/仙桃市"), ("广东省/深圳市/南山", "广东省/深圳市/南山区")])
def test_a_key_of_a_freight_template_is_official(written: str, key: str):
    assert (divisions.key(written), divisions.read_key(written), divisions.key(key)) == (key, key, key)


def test_a_stored_key_that_is_no_place_stays_as_it_is():
    assert divisions.read_key("火星/一区") == "火星/一区"
    for wrong in ("火星", "广东省/火星", "深圳市"):
        with pytest.raises(UnknownDivision):
            divisions.key(wrong)

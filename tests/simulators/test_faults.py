import pytest

from infra.local.simulators.faults import BadRule, Fault, FaultPlan

pytestmark = pytest.mark.spec("E14", "L1")

CATALOGUE = {
    "create": {"429": {}, "hang": {"seconds": 5}},
    "notice.payment": {"lose": {}, "delay": {"seconds": 5}},
    "notice.refund": {"lose": {}, "v2_xml": {}},
}


@pytest.fixture
def plan():
    return FaultPlan(CATALOGUE)


def test_a_rule_is_given_once_unless_it_says_otherwise(plan):
    plan.add([{"at": "create", "do": "429"}])
    assert [plan.take("create", "A1"), plan.take("create", "A1")] == [Fault("429", {}), None]


def test_times_counts_and_null_never_wears_out(plan):
    plan.add([{"at": "create", "do": "429", "times": 2}])
    assert [plan.take("create", "A") is not None for _ in range(3)] == [True, True, False]
    plan.replace([{"at": "create", "do": "429", "times": None}])
    assert all(plan.take("create", "A") for _ in range(50))


def test_a_rule_reaches_its_order_its_prefix_or_everybody(plan):
    plan.add([
        {"at": "create", "do": "429", "order": "A1", "times": None},
        {"at": "create", "do": "hang", "order": "B*", "times": None},
    ])
    assert plan.take("create", "A1") == Fault("429", {})
    assert plan.take("create", "A10") is None
    assert plan.take("create", "B77") == Fault("hang", {"seconds": 5})


def test_the_first_part_of_a_point_covers_all_below_it_and_arguments_override_defaults(plan):
    plan.add([{"at": "notice", "do": "delay", "seconds": 1}, {"at": "notice", "do": "v2_xml"}])
    assert plan.take("notice.refund", "A") == Fault("v2_xml", {})
    assert plan.take("notice.payment", "A") == Fault("delay", {"seconds": 1})


def test_chance_gives_about_its_share():
    plan = FaultPlan(CATALOGUE, seed=1)
    plan.add([{"at": "create", "do": "429", "times": None, "chance": 0.25}])
    given = sum(plan.take("create", "A") is not None for _ in range(1000))
    assert 200 < given < 300
    assert plan.to_json()["rules"][0]["given"] == given


def test_the_plan_goes_out_and_in_as_json(plan):
    plan.add([{"at": "create", "do": "hang", "order": "B*", "times": 3, "seconds": 2}])
    plan.take("create", "B1")
    written = plan.to_json()
    assert written == {"rules": [
        {"at": "create", "do": "hang", "order": "B*", "times": 2, "chance": 1, "given": 1, "seconds": 2},
    ]}
    plan.replace(written["rules"])
    assert plan.take("create", "B1") == Fault("hang", {"seconds": 2})


def test_another_simulator_may_name_its_subject_otherwise():
    plan = FaultPlan(CATALOGUE, subject_key="openid")
    plan.add([{"at": "create", "do": "429", "openid": "o1"}])
    assert plan.take("create", "o2") is None
    assert plan.to_json()["rules"][0]["openid"] == "o1"


@pytest.mark.parametrize(("rule", "sentence"), [
    ({"do": "429"}, 'at least "at" and "do"'),
    ({"at": "nowhere", "do": "429"}, 'no point "nowhere"'),
    ({"at": "create", "do": "lose"}, 'no fault "lose" at "create"; there are: 429, hang'),
    ({"at": "create", "do": "429", "seconds": 3}, '"429" takes no "seconds"'),
    ({"at": "create", "do": "429", "times": -1}, '"times" is a whole number'),
    ({"at": "create", "do": "429", "chance": 0}, '"chance" is above 0'),
])
def test_a_rule_that_cannot_be_obeyed_is_refused_and_the_plan_stays(plan, rule, sentence):
    plan.add([{"at": "create", "do": "hang"}])
    before = plan.to_json()
    with pytest.raises(BadRule, match=sentence):
        plan.add([{"at": "create", "do": "429"}, rule])
    assert plan.to_json() == before

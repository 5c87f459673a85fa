"""Who may do what where: the whole matrix of role, action, and inside or outside."""

from __future__ import annotations

import pytest

from models.people import FormOfAddress, Role
from services import errors
from services.access import TABLE, Action, Actor, Held, Scope, address, capitalised, given_name

COMMUNE, VILLAGE, OTHER_VILLAGE, OTHER_COMMUNE = (
    (7, "/1/7/"),
    (70, "/1/7/70/"),
    (71, "/1/7/71/"),
    (8, "/1/8/"),
)


def actor(role: Role, unit: tuple[int, str]) -> Actor:
    return Actor(account_id=1, channel="webchat", person_id=1, name="Lê Văn Bình", roles=(Held(role, *unit),))


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Action)
def test_a_role_reaches_its_own_unit_as_the_table_says(role: Role, action: Action) -> None:
    unit = VILLAGE if role in {Role.MEMBER, Role.LEADER} else COMMUNE
    reaches = TABLE[role].get(action) in {Scope.UNIT, Scope.SUBTREE}
    assert actor(role, unit).may(action, unit_id=unit[0], path=unit[1]) is reaches


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Action)
def test_a_role_reaches_below_only_with_a_subtree(role: Role, action: Action) -> None:
    reaches = TABLE[role].get(action) is Scope.SUBTREE
    assert actor(role, COMMUNE).may(action, unit_id=VILLAGE[0], path=VILLAGE[1]) is reaches


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize(
    "outside", [OTHER_COMMUNE, (1, "/1/"), (700, "/1/70/")], ids=["beside", "above", "alike"]
)
def test_no_role_reaches_outside_its_subtree(role: Role, action: Action, outside: tuple[int, str]) -> None:
    assert not actor(role, COMMUNE).may(action, unit_id=outside[0], path=outside[1])


@pytest.mark.parametrize("action", Action)
def test_a_leader_does_not_reach_the_next_village(action: Action) -> None:
    assert not actor(Role.LEADER, VILLAGE).may(action, unit_id=OTHER_VILLAGE[0], path=OTHER_VILLAGE[1])


@pytest.mark.parametrize("action", Action)
def test_a_citizen_reaches_nobody(action: Action) -> None:
    citizen = Actor(account_id=1, channel="webchat", person_id=1, name="Hạnh", unit_id=VILLAGE[0])
    assert not citizen.may(action, unit_id=VILLAGE[0], path=VILLAGE[1])


def test_a_refusal_names_whose_area_it_is() -> None:
    minh = Actor(1, "webchat", 1, "Võ Thị Minh", FormOfAddress.CHI, roles=(Held(Role.SUPERVISOR, *COMMUNE),))
    with pytest.raises(errors.OutsideArea) as refused:
        minh.require(Action.SEE_SUMMARY, unit_id=OTHER_COMMUNE[0], path=OTHER_COMMUNE[1])
    assert str(refused.value) == "Thôn này ngoài phần phụ trách của chị Minh."


def test_the_highest_role_has_the_menu() -> None:
    both = Actor(1, "webchat", 1, "Sự", roles=(Held(Role.MEMBER, *VILLAGE), Held(Role.LEADER, *VILLAGE)))
    assert both.highest == Held(Role.LEADER, *VILLAGE)


@pytest.mark.parametrize(
    ("name", "form", "said"),
    [
        ("Lê Văn Bình", FormOfAddress.ANH, "anh Bình"),
        ("Nguyễn Thị Thảo", FormOfAddress.NAME, "Thảo"),
        ("Hạnh", None, "Hạnh"),
        ("", None, ""),
        ("Bà con", None, "bà con"),
        ("Bà con", FormOfAddress.BAC, "bác"),
    ],
)
def test_a_person_is_said_by_form_of_address_and_given_name(name, form, said) -> None:
    assert address(name, form) == said


def test_a_sentence_begins_with_a_capital() -> None:
    assert capitalised("chị Lan") == "Chị Lan"
    assert given_name("Trần Văn Sự") == "Sự"

"""Validations as people read them: nothing that matters is cut off."""

from forebear.client.validation_text import validation_lines, validations_lines
from forebear.core.clock import now
from forebear.core.validation import Estimate, GroupSummary, SliceSummary, Threshold, Validation
from forebear.ops.validations import ValidationRow, ValidationsResponse

LONG = "worst radius>14.97 and worst radius<=18.655 and worst perimeter>99.31"


def text_of(**said):
    validation = Validation(
        data="sha256:0",
        task="classification",
        main="accuracy",
        metrics={"accuracy": Estimate(0.9, 0.8, 0.95, 100)},
        rows=100,
        data_title="test.csv",
        **said,
    )
    lines = validation_lines("It is so.", validation, [], "it:1")
    return ["".join(words for words, _ in one.fitted()) for one in lines]


def test_a_long_condition_leaves_room_for_the_figures():
    one = SliceSummary(
        where=LONG,
        found=True,
        n=30,
        metric="accuracy",
        inside=Estimate(0.8, 0.627, 0.905, 30),
        outside=Estimate(1.0, None, None, 70),
        p=0.0001,
        verdict="worse",
    )
    lines = text_of(slices=[one], searched=177)
    at = next(place for place, said in enumerate(lines) if LONG in said)
    assert "accuracy 0.800  0.627 to 0.905  else 1.000  p <0.001" in lines[at + 1]


def test_what_came_of_a_slice_is_never_cut_off():
    one = SliceSummary(
        where="smoothness<14 and site!=here",
        n=1030,
        metric="balanced_accuracy",
        inside=Estimate(0.922, 0.854, 0.960, 1030),
        outside=Estimate(0.959, None, None, 70),
        p=0.751,
    )
    lines = text_of(slices=[one])
    assert any(said.endswith("p 0.751  no difference seen") for said in lines)
    assert max(map(len, lines)) <= 100


def test_ranges_of_a_column_stand_under_its_name():
    metrics = {"accuracy": Estimate(0.9, 0.8, 0.95, 36)}
    rows = [
        GroupSummary(by="worst area", value=value, n=36, metrics=metrics, small=False)
        for value in ("worst area>493.45 and worst area<=689.1", "worst area<=493.45", "missing")
    ]
    lines = text_of(groups=rows)
    assert [said.split("  ")[1].strip() for said in lines if "0.900 ±" in said] == [
        ">493.45 and <=689.1",
        "<=493.45",
        "missing",
    ]


def test_what_is_to_be_known_of_a_validation_is_never_cut_off():
    validation = Validation(
        data="sha256:0",
        task="classification",
        main="balanced_accuracy",
        metrics={"balanced_accuracy": Estimate(0.9, 0.8, 0.95, 100)},
        rows=100,
        data_title="customers-of-spring.csv",
        thresholds=[Threshold("recall", ">=", 0.8)],
        thresholds_changed=True,
        trained_on=10,
    )
    row = ValidationRow(
        model="m", title="it:1", at=now(), current=False, validation=validation, packet=None
    )
    answer = ValidationsResponse(title="it", validations=[row])
    lines = ["".join(words for words, _ in one.fitted()) for one in validations_lines(answer)]
    notes = "done again since, trained on some of it, thresholds set afterwards"
    assert any(said.endswith(notes) for said in lines)
    assert max(map(len, lines)) <= 100

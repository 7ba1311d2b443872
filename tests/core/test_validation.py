import pytest

from forebear.core.errors import InvalidInput
from forebear.core.validation import Estimate, Threshold, digest_of, parse_threshold


@pytest.mark.parametrize(
    ("text", "metric", "op", "value", "slice"),
    [
        ("recall>=0.8", "recall", ">=", 0.8, None),
        (" log_loss < 5e-1 ", "log_loss", "<", 0.5, None),
        ("ndcg@10>40%", "ndcg@10", ">", 0.4, None),
        ("recall[age<30]>=0.7", "recall", ">=", 0.7, "age<30"),
        ("r2>-1", "r2", ">", -1.0, None),
    ],
)
def test_thresholds_are_written_as_people_write_them(text, metric, op, value, slice):
    assert parse_threshold(text) == Threshold(metric, op, value, slice)


@pytest.mark.parametrize("text", ["recall", "recall>=", ">=0.8", "recall=0.8", "recall>=a", "a>.."])
def test_what_is_no_threshold_is_said(text):
    with pytest.raises(InvalidInput, match="no threshold"):
        parse_threshold(text)


def test_a_threshold_judges_the_figure_or_the_whole_interval():
    measured = Estimate(0.82, 0.78, 0.86, 100)
    assert Threshold("recall", ">=", 0.8).judged(measured).passed is True
    assert Threshold("recall", ">=", 0.8, sure=True).judged(measured).passed is False
    assert Threshold("recall", "<=", 0.85, sure=True).judged(measured).passed is False
    assert Threshold("recall", ">=", 0.8).judged(None).passed is None
    assert Threshold("recall", ">=", 0.8).judged(Estimate(None, why="no rows")).passed is None


def test_the_digest_is_of_what_was_asked():
    asked = parse_threshold("recall>=0.8")
    assert digest_of([asked]) == digest_of([asked.judged(Estimate(0.5))])
    assert digest_of([asked]) != digest_of([parse_threshold("recall>=0.81")])
    assert digest_of([asked]) != digest_of([Threshold("recall", ">=", 0.8, sure=True)])

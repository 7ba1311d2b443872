"""What is said of quality reads as it was written."""

from forebear.core.clock import now
from forebear.core.quality import CHECK, INCIDENT, SUITE, CheckResult, Incident, SuiteInForce
from forebear.core.statements import StatementRow


def back(topic, value):
    said = topic.say("data:adult", value, key="k")
    row = StatementRow(
        topic=said.topic, about=said.about, key="k", value=said.value, at=now(), seq=1
    )
    return topic.read(row).value


def test_each_fact_comes_back_as_it_was_said():
    result = CheckResult(
        check="range", status="failed", column="age", message="m", measured={"max": 200},
        expected={"max": 99}, suite="s", offending=3, positions=[0, 4, 9],
    )  # fmt: skip
    incident = Incident(status="open", severity="error", title="t", check="range:age", artifact="a")
    suite = SuiteInForce(digest="sha256:00", checks=3)
    assert back(CHECK, result) == result
    assert back(INCIDENT, incident) == incident
    assert back(SUITE, suite) == suite

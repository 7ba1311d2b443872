"""Each requirement: met, not met, not known, and settings that it refuses."""

from __future__ import annotations

import shlex
import tomllib

import pytest

from forebear.cli.app import app
from forebear.core.catalog import LICENCE, OWNER, Licence, Owner
from forebear.core.errors import InvalidInput
from forebear.core.events import Derived, ReproductionRecorded, VersionNamed
from forebear.core.policies import KPI, Kpi
from forebear.core.quality import CHECK, INCIDENT, SUITE, CheckResult, Incident, SuiteInForce
from forebear.core.recalls import RECALL, Recall
from forebear.core.serving import CONSUMER, Consumer
from forebear.ops.completeness import CompletenessRequest
from forebear.ops.requirement import requirements
from forebear.ops.table import Target
from forebear.plugins import load_folder
from life import artifact, commands, say, validate
from story import Story


def data(life, name="clean"):
    return life.store.versions("data", name)[0].artifact


def test_a_stage_must_come_before_another(life):
    setting = 'after = ["staging"]'
    outcome = life.judged(setting)
    assert outcome.state == "failed"
    assert list(commands(outcome)) == ["forebear promote churn:1 --to staging"]
    life.promote(1, "staging")
    assert life.judged(setting).state == "passed"
    life.promote(1)
    assert life.judged(setting).state == "passed"


def test_a_stage_that_there_is_not_cannot_come_before_another(life):
    with pytest.raises(InvalidInput, match=r"`after`: there is no stage `stagin`") as error:
        life.judged('after = ["stagin"]')
    assert error.value.hint.startswith("Did you mean `staging`?")


def test_a_check_with_a_slip_in_its_name_is_told(life):
    words = life.judged('checks = ["nullz", "theirs"]').words
    assert words.endswith(" nullz is no check of forebear: is nulls meant?")


def test_completeness_is_the_smallest_share_of_what_was_seen(life):
    outcome = life.judged("completeness = 0")
    assert outcome.state == "passed"
    least = min(
        life.client().call(CompletenessRequest(target=Target(ref="churn:1"))).shares,
        key=lambda one: one.share,
    )
    assert outcome.words.startswith(f"{least.share:.1%} of {least.what}")
    outcome = life.judged("completeness = 0.99", 3)
    assert outcome.state == "failed"
    assert "99.0% is asked" in outcome.words
    assert commands(outcome)[0] == "forebear run train.py --depth 8"


def test_evidence_is_that_of_the_weakest_link(life):
    assert life.judged('evidence = "observed"').state == "passed"
    outcome = life.judged('evidence = "verified"')
    assert outcome.state == "failed"
    assert commands(outcome) == ["forebear reproduce churn:1"]
    say(life, Derived(source=data(life, "raw"), target=artifact(life), relation="copy"))
    outcome = life.judged('evidence = "observed"')
    assert outcome.words.startswith("1 of ")
    assert commands(outcome)[0].startswith("forebear run train.py")


def test_a_lineage_that_nobody_knows_is_not_known(life, tmp_path):
    story = Story(tmp_path)
    file = story.file("alien.pkl", b"alien", kind="model")
    story.say(VersionNamed(kind="model", name="churn", artifact=file, by="ops"))
    say(life, *story.events)
    for setting in (
        'evidence = "declared"',
        "monitored = true",
        'licences = "known"',
        'checks = ["x"]',
    ):
        assert life.judged(setting, 4).state == "unknown", setting


def test_recalls_of_what_led_to_it_count_until_they_are_closed(life):
    assert life.judged('recalls = "none"').state == "passed"
    recall = Recall(title="raw", reason="no consent")
    say(life, RECALL.say(data(life, "raw"), recall, key="r1"))
    outcome = life.judged('recalls = "none"')
    assert (outcome.state, outcome.words) == ("failed", "Recalled: raw (no consent).")
    assert outcome.evidence[0].seq == life.store.head().size
    assert life.judged('recalls = "any"').state == "not applicable"
    closed = Recall(title="raw", reason="no consent", status="closed")
    say(life, RECALL.say(data(life, "raw"), closed, key="r1"))
    assert life.judged('recalls = "none"').state == "passed"


def test_a_recall_stops_promotion_where_no_policy_says_anything(life):
    say(life, RECALL.say("data:raw", Recall(title="raw", reason="bad"), key="r1"))
    answer = life.promote(1)
    assert not answer.moved
    assert [one.requirement for one in answer.outcomes if not one.well] == ["recalls"]


def test_leaks_that_nobody_can_rule_out_are_not_known_unless_that_is_enough(life):
    outcome = life.judged('leaks = "none"')
    assert outcome.state == "unknown"
    assert "cannot be said" in outcome.words
    assert life.judged('leaks = "none found"').state == "passed"
    assert life.judged('leaks = "any"').state == "not applicable"
    validate(life, trained_on=4)
    outcome = life.judged('leaks = "none found"')
    assert outcome.words.startswith("4 rows of data:test")
    assert outcome.state == "failed"
    validate(life, key="other", trained_on=0)
    assert life.judged('leaks = "none found"').state == "passed"


@pytest.mark.parametrize(
    ("verdict", "least", "state"),
    [
        ("bitwise", "numerical", "passed"),
        ("numerical", "numerical", "passed"),
        ("decision", "numerical", "failed"),
        ("numerical", "bitwise", "failed"),
        ("refuted", "decision", "failed"),
    ],
)
def test_a_reproduction_is_good_enough_or_not(life, verdict, least, state):
    assert life.judged(f'reproduced = "{least}"').state == "unknown"
    made = ReproductionRecorded(
        artifact=artifact(life), run="r", verdict=verdict, reason="x", environment="rebuilt", by="x"
    )
    say(life, made)
    outcome = life.judged(f'reproduced = "{least}"')
    assert (outcome.state, outcome.evidence[0].seq) == (state, life.store.head().size)


def test_an_owner_of_the_name_or_of_the_version_will_do(life):
    assert life.judged("owner = true").state == "unknown"
    assert life.judged("owner = false").state == "not applicable"
    say(life, OWNER.say(artifact(life), Owner(who="ada"), key="owner"))
    assert life.judged("owner = true").words == "ada answers for it."
    assert life.judged("owner = true", 2).state == "unknown"


def test_licences_of_all_data_must_be_known_and_allowed(life):
    outcome = life.judged('licences = "known"')
    assert outcome.state == "unknown"
    assert commands(outcome) == ["forebear licence data:raw SPDX"]
    say(life, LICENCE.say("data:raw", Licence(spdx="CC-BY-4.0")))
    assert life.judged('licences = "known"').state == "passed"
    assert life.judged('licences = ["MIT"]').words == "Not allowed: data:raw is under CC-BY-4.0."
    assert life.judged('licences = ["MIT", "CC-BY-4.0"]').state == "passed"
    say(life, LICENCE.say("data:clean", Licence(spdx="LicenseRef-x", terms=["no-ml"])))
    assert life.judged('licences = "known"').state == "failed"
    assert life.judged('licences = "any"').state == "not applicable"


def test_an_open_incident_of_its_data_counts_and_one_of_later_data_does_not(life):
    assert life.judged('incidents = "none"').state == "passed"
    later = Incident(status="open", severity="error", title="late", artifact="sha256:" + "0" * 64)
    say(life, INCIDENT.say("data:raw", later, key="i0"))
    assert life.judged('incidents = "none"').state == "passed"
    bad = Incident(status="open", severity="error", title="nulls", artifact=data(life, "raw"))
    say(life, INCIDENT.say("data:raw", bad, key="i1"))
    outcome = life.judged('incidents = "none"')
    assert (outcome.state, outcome.words) == (
        "failed",
        "Open incidents of its data: nulls (data:raw).",
    )
    say(
        life,
        INCIDENT.say("data:raw", Incident(status="closed", severity="error", title="n"), key="i1"),
    )
    assert life.judged('incidents = "none"').state == "passed"
    assert life.judged('incidents = "any"').state == "not applicable"


def test_required_checks_must_have_passed_on_the_training_data(life):
    setting = 'checks = ["schema", "nulls"]'
    outcome = life.judged(setting)
    assert outcome.words == "Not done: schema on data:clean:1 and nulls on data:clean:1."
    suggest, check = "suggest data:clean:1 -o quality/clean.toml", "check data:clean:1"
    assert commands(outcome) == [f"forebear quality {suggest}", f"forebear quality {check}"]
    say(life, SUITE.say("data:clean", SuiteInForce(digest="d", checks=1)))
    assert commands(life.judged(setting)) == [f"forebear quality {check}"]
    for kind in ("schema", "nulls"):
        result = CheckResult(check=kind, status="passed")
        say(life, CHECK.say(data(life), result, key=f"{kind} 1"))
    assert life.judged(setting).state == "passed"
    wrong = CheckResult(check="nulls", status="failed", message="7 nulls in age")
    say(life, CHECK.say(data(life), wrong, key="nulls 2"))
    outcome = life.judged(setting)
    assert (outcome.state, outcome.words) == (
        "failed",
        "Failed: nulls on data:clean:1: 7 nulls in age.",
    )


def test_skipped_checks_show_nothing(life):
    say(life, CHECK.say(data(life), CheckResult(check="schema", status="skipped"), key="s"))
    assert life.judged('checks = ["schema"]').state == "unknown"


def test_data_is_watched_when_any_check_of_it_is_recorded(life):
    assert life.judged("monitored = true").state == "unknown"
    say(life, CHECK.say(data(life), CheckResult(check="range", status="failed"), key="r"))
    outcome = life.judged("monitored = true")
    assert outcome.evidence[0].words == "1 checks of data:clean:1, 1 failed"
    assert outcome.state == "passed"
    assert life.judged("monitored = false").state == "not applicable"


def test_business_figures_are_there_and_high_enough(life):
    setting = 'kpis = ["uplift", "cost <= 10"]'
    outcome = life.judged(setting)
    assert outcome.words == "Not recorded: uplift and cost."
    assert "forebear kpi churn:1 uplift=VALUE" in commands(outcome)
    say(life, KPI.say(artifact(life), Kpi(value=0.1, unit="EUR"), key="uplift"))
    say(life, KPI.say(artifact(life), Kpi(value=12), key="cost"))
    assert life.judged(setting).words == "Not reached: cost <= 10 (12)."
    say(life, KPI.say(artifact(life), Kpi(value=9), key="cost"))
    assert life.judged(setting).state == "passed"


def test_what_serves_it_is_seen(life, story):
    assert life.judged('running = "none"').state == "passed"
    assert life.judged("used = true").state == "unknown"
    known = len(story.events)
    service, _, _ = story.serve(artifact(life))
    say(life, *story.events[known:])
    outcome = life.judged('running = "none"')
    assert (outcome.state, list(commands(outcome))) == (
        "failed",
        [f"forebear undeploy run:{service}"],
    )
    assert life.judged("used = true").state == "passed"
    assert life.judged('running = "any"').state == "not applicable"


def test_a_consumer_is_a_use(life):
    say(life, CONSUMER.say(artifact(life), Consumer(how="lock", ref="churn:1"), key="billing"))
    assert life.judged("used = true").words == "1 user: billing."
    assert life.judged("used = false").state == "not applicable"


def test_a_name_that_came_by_itself_is_no_decision(life, tmp_path):
    assert life.judged("named = true").state == "passed"
    story = Story(tmp_path)
    file = story.file("auto.pkl", b"auto", kind="model")
    story.say(VersionNamed(kind="model", name="churn", artifact=file, automatic=True))
    memory = story.memory("model", "m", "in memory")
    story.say(VersionNamed(kind="model", name="churn", artifact=memory, by="ops"))
    say(life, *story.events)
    assert "by itself" in life.judged("named = true", 4).words
    assert "only ever in memory" in life.judged("named = true", 5).words


def test_a_decision_by_alias_is_shown_by_the_move_of_the_alias(life, tmp_path):
    story = Story(tmp_path)
    file = story.file("auto.pkl", b"auto", kind="model")
    story.say(VersionNamed(kind="model", name="churn", artifact=file, automatic=True))
    story.alias("champion", 4)
    say(life, *story.events)
    judged = life.judged("named = true", 4)
    assert judged.words == "It is churn:4 by somebody's decision, who pointed @champion to it."
    assert judged.evidence[0].seq == life.store.alias("model", "churn", "champion").seq


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ("completness = 0.9", "no setting `completness`"),
        ("completeness = 2", "`completeness`: it is a share from 0 to 1"),
        ("completeness = true", "it is a share from 0 to 1"),
        ("completeness = nan", "it is a share from 0 to 1"),
        ("approvals = -1", "it is a number of people"),
        ("approvals = true", "it is a number of people"),
        ('approvals = "two"', "it is a number of people"),
        ("approvals = { peple = 2 }", "no setting `peple`"),
        ('approvals = { last = "soon" }', "is no span of time"),
        ("approvals = { by = [] }", "a list of texts"),
        ("after = [1]", "a list of texts"),
        ("checks = { a = 1 }", "a list of texts"),
        ('metrics = ["f1 = 0.9"]', "is no threshold"),
        ('validated_within = "30"', "is no span of time"),
        ("validated_within = 30", "is no span of time"),
        ('reproduced = "bitwize"', "'bitwize' is no word for it"),
        ('recalls = "nothing"', "is no word for it"),
        ('evidence = "seen"', "is no word for it"),
        ('owner = "ada"', "true or false"),
        ("licences = []", "a list of licences"),
        ("fairness = 0", "greatest difference"),
        ('kpis = ["up lift"]', "cannot be a figure's name"),
        ("owner = 2026-01-01", "true or false"),
    ],
)
def test_a_setting_that_is_wrong_is_named_with_an_example(life, setting, sentence):
    life.text = f"[policy.production]\n{setting}\n"
    with pytest.raises(InvalidInput, match=sentence) as caught:
        life.check(1)
    assert caught.value.message.startswith("forebear.toml: [policy.production]")
    assert caught.value.hint


def test_a_wrong_setting_in_any_policy_is_said_whichever_is_asked(life):
    life.text = "[policy.staging]\nownr = true\n"
    with pytest.raises(InvalidInput, match=r"\[policy.staging\] has no setting `ownr`") as caught:
        life.check(1, "production")
    assert "Did you mean `owner`?" in caught.value.hint


def test_every_requirement_has_an_example_that_it_can_read_itself():
    for key, one in requirements().items():
        example = one.example.partition(", or ")[0]
        assert one.read(tomllib.loads(example)[key]) is not None or key == "licences"
        assert (one.audit is None) or (one.weight > 0 and one.why)


def test_every_command_that_is_recommended_is_one(life):
    load_folder("forebear.cli")
    say(life, RECALL.say("data:raw", Recall(title="raw", reason="bad"), key="r1"))
    asked = [
        'after = ["staging"]',
        "approvals = 1",
        'checks = ["schema"]',
        "completeness = 1.0",
        'evidence = "verified"',
        "fairness = 0.1",
        'kpis = ["uplift"]',
        'leaks = "none"',
        'licences = "known"',
        'metrics = ["f1 >= 0.9"]',
        "monitored = true",
        "owner = true",
        'recalls = "none"',
        'reproduced = "bitwise"',
        "used = true",
        'validated_within = "1 day"',
    ]
    life.text = "[policy.production]\n" + "\n".join(asked)
    outcomes = life.check(1).outcomes
    told = {command for one in outcomes for command in commands(one)}
    told |= {shown.command for one in outcomes for shown in one.evidence}
    assert len(told) > 15
    for command in told:
        program, *words = shlex.split(command)
        assert program == "forebear"
        if words[0] != "run":  # it is read before the others
            app.parse_args(words, exit_on_error=False, print_error=False)

"""Drift: effects that matter, chance that explains, errors that are told."""

import random
from collections import Counter

import pytest

from forebear.analysis.column_facts import ColumnFacts, of_profile
from forebear.analysis.distributions import jensen_shannon
from forebear.analysis.drift import adjusted, compared
from forebear.core.numbers import numbers_of
from forebear.core.profiles import ColumnProfile, Profile, Values


def numbers(values, name="x", nulls=0):
    column = ColumnProfile(
        name=name,
        kind="float",
        rows=len(values) + nulls,
        nulls=nulls,
        numbers=numbers_of([float(value) for value in values]),
    )
    return of_profile(Profile(rows=column.rows, columns=[column]))


def words(counts, name="c", nulls=0, common=0):
    rows = sum(counts.values()) + nulls
    values = Values(counts=dict(sorted(counts.items())))
    column = ColumnProfile(
        name=name,
        kind="string",
        rows=rows,
        nulls=nulls,
        values=values.sealed(common) if common else values,
    )
    return of_profile(Profile(rows=rows, columns=[column]))


def normal(count, mean=0.0, seed=0, std=1.0):
    dice = random.Random(seed)
    return [dice.gauss(mean, std) for _ in range(count)]


def one(before, now):
    (found,) = compared(before, now).columns
    return found


def test_numbers_that_moved_are_strong_drift_and_say_by_what():
    found = one(numbers(normal(2000)), numbers(normal(2000, 0.5, seed=1)))
    assert (found.verdict, found.by) == ("strong", "wasserstein")
    assert found.measures["wasserstein"].value == pytest.approx(0.5, abs=0.06)
    assert found.p_adjusted < 1e-6


def test_a_little_is_no_drift_however_small_its_p_value():
    found = one(numbers(normal(20_000)), numbers(normal(20_000, 0.06, seed=1)))
    assert found.p_adjusted < 0.001
    assert found.verdict == "none"


def test_chance_in_few_rows_is_no_drift_however_large_it_looks():
    found = one(numbers(normal(25)), numbers(normal(25, 0.25, seed=3)))
    assert max(found.measures["psi"].value, found.measures["wasserstein"].value) > 0.1
    assert (found.verdict, found.why) == ("none", "no more than chance")


def test_what_is_the_same_has_no_distance_at_all():
    found = one(numbers(normal(3000)), numbers(normal(3000)))
    assert found.measures["ks"].value == 0
    assert found.measures["psi"].value == 0
    assert found.measures["wasserstein"].value == 0
    assert found.verdict == "none"


def test_drift_hides_from_no_mean():
    found = one(numbers(normal(3000)), numbers(normal(3000, seed=1, std=2)))
    assert found.verdict == "strong"


def test_categories_that_come_and_go():
    found = one(words({"a": 500, "b": 400, "old": 100}), words({"a": 500, "b": 300, "new": 200}))
    assert (found.new, found.vanished) == (["new"], ["old"])
    assert found.verdict == "strong"
    assert found.measures["l_infinity"].value == pytest.approx(0.2)


def test_rare_categories_that_were_sealed_are_not_called_new():
    before = words({"a": 500, "rare": 9, "rarer": 3}, common=10)
    now = words({"a": 500, "rare": 30}, common=10)
    found = one(before, now)
    assert found.new == []
    measure = found.measures["l_infinity"]
    true = abs(9 / 512 - 30 / 530)
    assert measure.low <= true <= measure.high


@pytest.mark.parametrize("seed", range(10))
def test_the_jensen_shannon_distance_of_categories_lies_between_its_bounds(seed):
    dice = random.Random(seed)
    names = [f"k{number}" for number in range(30)]
    weights = [[dice.expovariate(1) ** 3 for _ in names] for _ in range(2)]
    drawn = [Counter(dice.choices(names, part, k=900)) for part in weights]
    told = one(*(words(counts, common=10) for counts in drawn)).measures["js"]
    true = jensen_shannon([(drawn[0][name], drawn[1][name]) for name in names])
    assert told.low < told.high
    assert told.low <= true <= told.high


def test_which_of_many_categories_are_rare_is_chance():
    alarms = 0
    for seed in range(40):
        dice = random.Random(seed)
        drawn = [Counter(dice.choices(range(40), k=rows)) for rows in (500, 700)]
        told = [words({f"k{n}": many for n, many in one.items()}, common=10) for one in drawn]
        alarms += one(*told).verdict not in ("none", "unsure")
    assert alarms <= 4  # one in twenty is expected of a single column


def test_a_category_that_is_too_many_to_have_been_rare_is_drift():
    before = words(dict.fromkeys("abcdefgh", 50) | dict.fromkeys("ijklm", 9), common=10)
    now = words(dict.fromkeys("abcdefgh", 45) | dict.fromkeys("ijklm", 9) | {"Z": 40}, common=10)
    found = one(before, now)
    assert found.verdict == "moderate"
    assert found.measures["psi"].low <= found.measures["psi"].value < found.measures["psi"].high


def test_where_the_stored_is_too_coarse_nothing_is_said():
    coarse = {
        "x": ColumnFacts(kind="float", form="number", rows=900, cells=[(0, 10, 900)], std=3.0)
    }
    fine = {"x": ColumnFacts(kind="float", form="number", rows=900, cells=[(4, 4, 900)], std=3.0)}
    found = one(coarse, fine)
    assert found.verdict == "unsure"
    assert found.measures["wasserstein"].low < 0.1 < found.measures["wasserstein"].high


def test_a_few_impossible_numbers_are_not_taken_for_chance():
    before, now = normal(600, 40, std=10), normal(600, 40, std=10, seed=1)
    found = one(numbers(before), numbers([*now[:-12], *[999.0] * 12]))
    assert (found.verdict, found.by) == ("strong", "wasserstein")


def test_absent_values_are_drift_of_their_own():
    found = one(numbers(normal(1000)), numbers(normal(700), nulls=300))
    assert (found.verdict, found.by, found.nulls) == ("strong", "nulls", (0.0, 0.3))


def test_names_of_rows_do_not_drift():
    def ids(start):
        column = ColumnProfile(
            name="id", kind="integer", rows=90, numbers=numbers_of(range(start, start + 90))
        )
        return of_profile(Profile(rows=90, columns=[column]))

    found = one(ids(0), ids(5000))
    assert (found.verdict, found.why) == (
        "not compared",
        "each value is another one: it names rows",
    )


def test_another_type_is_strong_and_columns_come_and_go():
    before = numbers(normal(50)) | words({"a": 50}) | numbers([1, 2], name="gone")
    now = words({"1": 50}, name="x") | words({"a": 50}) | numbers([1], name="fresh")
    found = compared(before, now)
    assert (found.columns[0].column, found.columns[0].verdict) == ("x", "strong")
    assert found.columns[0].kind == "float -> string"
    assert (found.new, found.vanished, found.worst) == (["fresh"], ["gone"], "strong")


def test_nothing_in_one_of_them_is_not_compared():
    found = one(numbers([], nulls=50), numbers(normal(50)))
    assert found.verdict == "strong"
    assert found.by == "nulls"
    assert one(numbers([]), numbers([])).verdict == "not compared"


def test_twenty_columns_of_chance_raise_no_alarm():
    alarms = 0
    for seed in range(20):
        before, now = {}, {}
        for place in range(20):
            before |= numbers(normal(40, seed=1000 * seed + place), name=f"c{place}")
            now |= numbers(normal(40, seed=1000 * seed + place + 500), name=f"c{place}")
        alarms += compared(before, now).worst in ("strong", "moderate")
    # At most one in twenty where nothing drifted; the tests of few rows are careful besides.
    assert alarms <= 2


def test_corrected_p_values_are_scipys():
    stats = pytest.importorskip("scipy.stats")
    dice = random.Random(4)
    for count in (1, 2, 7, 40):
        values = [dice.random() ** 3 for _ in range(count)]
        assert adjusted(values) == pytest.approx(list(stats.false_discovery_control(values)))


def test_without_scipy_effects_alone_decide(monkeypatch):
    from forebear.analysis import drift

    monkeypatch.setattr(drift, "_chance", lambda: None)
    found = compared(numbers(normal(2000)), numbers(normal(2000, 1, seed=1)))
    assert (found.p_values, found.columns[0].p, found.worst) == (False, None, "strong")


@pytest.mark.parametrize("name", ["number", "text"])
def test_a_column_that_names_rows_no_more_is_compared(name):
    pd = pytest.importorskip("pandas")
    profile_frame = pytest.importorskip("forebear.engines.profile").profile_frame
    ids = list(range(400))
    as_it_was = [n if name == "number" else f"id-{n:05d}" for n in ids]
    once_more = [*as_it_was[:-1], as_it_was[0]]
    all_alike = [as_it_was[0]] * 400 if name == "number" else ["a"] * 400
    judged = {}
    for said, values in {"once more": once_more, "all alike": all_alike}.items():
        before, now = (
            of_profile(profile_frame(pd.DataFrame({"id": column})))
            for column in (as_it_was, values)
        )
        (judged[said],) = compared(before, now).columns
    assert judged["once more"].verdict == "none"
    assert judged["all alike"].verdict == "strong"
    assert "it named rows, and does not now" in judged["all alike"].why


@pytest.mark.parametrize(("then", "later"), [(5, 7), (7, 5)])
def test_one_value_that_becomes_another_drifts_both_ways(then, later):
    (found,) = compared(numbers([then] * 300), numbers([later] * 300)).columns
    assert (found.verdict, found.by) == ("strong", "psi")

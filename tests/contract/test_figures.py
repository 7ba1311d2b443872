"""What runs and their steps were set to and measured, whatever database is behind it."""

from contract.telling import INNER, OTHER, ROOT, STEP, started, step
from forebear.core.entities import Metric
from forebear.core.events import MetricsLogged, ParamsLogged
from forebear.core.rows import RunFigures


def logged(run, **values):
    return MetricsLogged(run=run, metrics=[Metric(key=k, value=v) for k, v in values.items()])


def test_a_run_is_told_with_all_its_steps(store):
    store.append(
        [
            started(),
            started(run=OTHER),
            ParamsLogged(run=ROOT, params={"C": 2.0}),
            step(params={"C": 1.0, "solver": "lbfgs"}),
            step(run=INNER, parent=STEP, params={"seed": 7}),
            logged(ROOT, f1=0.5),
            logged(INNER, f1=0.75, loss="NaN"),
            logged(OTHER, f1=0.25),
        ]
    )
    found = store.figures([ROOT, OTHER])
    params = {"C": 2.0, "solver": "lbfgs", "seed": 7}
    assert found == {
        ROOT: RunFigures(params=params, metrics={"f1": 0.75, "loss": "NaN"}),
        OTHER: RunFigures(params={}, metrics={"f1": 0.25}),
    }
    assert store.figures([ROOT], seq=6)[ROOT].metrics == {"f1": 0.5}


def test_nothing_is_told_of_what_is_not_recorded(store):
    assert store.figures([]) == {}
    assert store.figures([ROOT]) == {ROOT: RunFigures(params={}, metrics={})}

"""Ordinary words: names of accounts that are nobody's, and words that recordings are full of.

Somebody may be called by one of them. It is not looked for in texts then, since each model and
each path would seem to speak of them; where an event says who did something it is concealed
all the same.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ["ORDINARY", "is_distinctive"]

_ACCOUNTS: Final = """
    account admin administrator airflow anonymous api app application apps appuser azureuser backup
    bot build builder centos ci circleci codespace colab conda cron daemon dask databricks dbt
    debian default dev devel developer docker ec ec2 fedora ftp git gitlab gitpod guest hadoop hdfs
    hg hive home host hostmaster http httpd info jenkins job jobs jovyan jupyter kaggle kubernetes
    local localhost mail main mamba mambauser manager master mlflow mysql noc node nobody none
    noreply ops oracle owner postgres postgresql postmaster prod production project projects public
    ray redis repo reply robot root runner sagemaker scheduler scientist scratch security server
    service shared site slurm software spark staff staging sudo support sys sysadmin system team
    temp test tester tests tmp trino ubuntu unknown user username users vagrant vscode webmaster
    wheel work worker workspace www
""".split()

_FIELD: Final = """
    abs accuracy all any arg args array artifact audio auto average axis base batch best beta bias
    bin binary bool break case cat category center child churn city class clean code col cold
    color column columns config copy core cost count country cpu csv cut data dataset date dates
    day days deep delta depth df diff dim dog drop dtype edge end env epoch error eval event
    export face factor false feature features field file files filter final fit fix float flow
    fold forest format frame fraud full gamma gap grid group hash head high hour image images
    impact index init input int iris item iter json kernel key keys kind label labels lambda last
    layer lead leaf learn left length line linear link list lite load log logs logit loss low
    mark market mask math max mean median merge metric metrics min mini mode model models mix
    month name names net new norm note null num number object off old one order out output page
    param params part path pipe pipeline plot point pool power predict price product python query
    rand random range rank rate raw read record region rel relation report result results right
    rose row rows run runs sample save scale schema score scores seed series set shape sigma size
    sklearn slice small sort source space spam split sql start state status std step steps stock
    store string style sum svm table tag target tensor text time title token top torch total
    train training tree true tune type unit val valid valid value values var vector version view
    weather week weight weights width wine word words write year zone
""".split()

ORDINARY: Final = frozenset((*_ACCOUNTS, *_FIELD))


def is_distinctive(name: str) -> bool:
    """Tell whether `name` can be looked for in a text: a match will hardly be chance.

    >>> is_distinctive("jdoe"), is_distinctive("u40917"), is_distinctive("root")
    (True, True, False)
    >>> is_distinctive("Data Scientist"), is_distinctive("runner-01")
    (False, False)
    """
    parts = [part for part in re.findall(r"[^\W\d_]+", name.lower()) if part not in ORDINARY]
    letters = sum(map(len, parts))
    return letters > 2 or (letters > 0 and (len(name) > 4 or not name.isascii()))

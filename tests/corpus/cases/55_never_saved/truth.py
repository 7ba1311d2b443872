from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered, rows_in

SOURCE = "data/churn.csv"


def split(folder: Path) -> Split:
    table = numbered(folder, SOURCE)
    rows = table[table.support_calls <= 2]["row"].to_numpy()
    return rows_in(SOURCE, *train_test_split(rows, test_size=0.5, random_state=3))


def months(folder: Path) -> Split:
    table = numbered(folder, SOURCE)
    return {SOURCE: list(table.groupby(table.signup_date.str[:7])["row"].apply(list))}, {}


TRUTH = Truth(
    about="two models in functions, neither is saved and nothing is written; the features of the second "
    "are only numbers of months",
    make=data.churn,
    commands=["explore.py"],
    file_edges=[],
    models=[
        ModelTruth(
            found="memory:LogisticRegression@explore.py: model.fit(",
            columns={SOURCE: ["age"]},
            target={SOURCE: ["churned"]},
            dropped={
                SOURCE: fell(
                    "explore.py: model.fit(",
                    "customer_id name signup_date plan region tenure_months monthly_fee "
                    "support_calls last_login_days",
                )
            },
            rows=split,
        ),
        ModelTruth(
            found="memory:LinearRegression@explore.py: line = LinearRegression()",
            columns={SOURCE: []},
            target={SOURCE: ["monthly_fee"]},
            dropped={
                SOURCE: fell(
                    "explore.py: monthly = table.groupby(",
                    "customer_id name signup_date age plan region tenure_months support_calls "
                    "last_login_days churned",
                )
            },
            rows=months,
        ),
    ],
)

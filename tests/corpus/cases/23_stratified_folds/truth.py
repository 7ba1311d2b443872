from functools import partial
from pathlib import Path

from sklearn.model_selection import StratifiedKFold

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered, rows_in


def fold(number: int, folder: Path) -> Split:
    table = numbered(folder, "data/loans.csv")
    folds = StratifiedKFold(n_splits=5, shuffle=True, random_state=123)
    return rows_in("data/loans.csv", *list(folds.split(table, table["defaulted"] == "yes"))[number])


TRUTH = Truth(
    about="stratified folds by hand; the scaler of each fold is fitted to its training rows only; "
    "no model is saved, the scores are",
    make=data.loans,
    commands=["cv.py"],
    file_edges=[("data/loans.csv", "cv.csv")],
    models=[
        ModelTruth(
            found="memory:LogisticRegression@cv.py: model.fit(scaler.transform(",
            nth=number + 1,
            columns={"data/loans.csv": ["age", "income", "amount"]},
            target={"data/loans.csv": ["defaulted"]},
            dropped={
                "data/loans.csv": fell(
                    "cv.py: frame = pd.read_csv(",
                    "loan_id sex race purpose employment_years status",
                )
                | fell("cv.py: X = frame.drop(", "term")
            },
            rows=partial(fold, number),
        )
        for number in range(5)
    ],
)

from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import Leak, ModelTruth, Split, Truth, fell, numbered, rows_in


def split(folder: Path) -> Split:
    rows = numbered(folder, "data/reviews.csv").dropna()["row"].to_numpy()
    train, _ = train_test_split(rows, test_size=0.3, random_state=1)
    _, test = train_test_split(rows, test_size=0.3, random_state=2)
    return rows_in("data/reviews.csv", train, test)


TRUTH = Truth(
    about="LEAK: in a notebook the split was made again, and the model still has the rows of the first one",
    make=data.reviews,
    commands=["reviews.py"],
    file_edges=[("data/reviews.csv", "clf.pkl")],
    models=[
        ModelTruth(
            found="clf.pkl",
            columns={"data/reviews.csv": ["text"]},
            target={"data/reviews.csv": ["label"]},
            dropped={
                "data/reviews.csv": fell(
                    "reviews.py: A = vectorizer.fit_transform(", "review_id language stars"
                )
            },
            rows=split,
        )
    ],
    leaks=[
        Leak(
            kind="overlap",
            at="reviews.py: clf.fit(A",
            cause="reviews.py: train2, test = train_test_split(",
            # The vectorizer, too, was fitted to rows that are tested.
            also=("preprocessing",),
        )
    ],
)

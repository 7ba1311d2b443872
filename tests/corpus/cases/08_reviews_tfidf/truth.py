from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered, rows_in


def split(folder: Path) -> Split:
    table = numbered(folder, "data/reviews.csv")
    kept = table[(table.language == "en") & table.text.notna()]
    train, test = train_test_split(
        kept["row"].to_numpy(), test_size=0.25, random_state=2, stratify=kept["label"]
    )
    return rows_in("data/reviews.csv", train, test)


TRUTH = Truth(
    about="texts: a filter, string methods, TF-IDF and a linear classifier in a pipeline; Series are split",
    make=data.reviews,
    commands=["train.py"],
    file_edges=[("data/reviews.csv", "sentiment.joblib")],
    models=[
        ModelTruth(
            found="sentiment.joblib",
            columns={"data/reviews.csv": ["text"]},
            target={"data/reviews.csv": ["label"]},
            dropped={
                "data/reviews.csv": fell(
                    "train.py: train_text, test_text, train_label", "review_id language stars"
                )
            },
            rows=split,
        )
    ],
)

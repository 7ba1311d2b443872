from pathlib import Path

from sklearn.model_selection import train_test_split

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, numbered


def split(folder: Path) -> Split:
    clicks = numbered(folder, "data/clicks.jsonl")
    of = clicks[~clicks.bot & (clicks.seconds > 1)].groupby("user")["row"].apply(list).to_dict()
    buyers = numbered(folder, "data/buyers.csv")
    buyers = buyers[buyers.user.isin(of.keys())]
    train, test = train_test_split(buyers, test_size=0.3, random_state=19)

    def rows(part):
        return {
            "data/buyers.csv": list(part["row"]),
            "data/clicks.jsonl": [of[user] for user in part["user"]],
        }

    return rows(train), rows(test)


TRUTH = Truth(
    about="JSON lines of clicks: a pivot table of seconds by page, the first device of each user, joined "
    "to buyers by index",
    make=data.clicks,
    commands=["train.py"],
    file_edges=[("data/clicks.jsonl", "buyers.joblib"), ("data/buyers.csv", "buyers.joblib")],
    models=[
        ModelTruth(
            found="buyers.joblib",
            columns={"data/clicks.jsonl": ["page", "seconds", "device"], "data/buyers.csv": []},
            target={"data/buyers.csv": ["bought"]},
            dropped={
                "data/clicks.jsonl": fell("train.py: time_on = clicks.pivot_table(", "ts bot user"),
                "data/buyers.csv": fell("train.py: table = buyers.set_index(", "user"),
            },
            rows=split,
        )
    ],
)

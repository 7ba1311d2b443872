from pathlib import Path

from corpus import data
from corpus.truth import Leak, ModelTruth, Split, Truth, fell


def split(folder: Path) -> Split:
    return {"data/train.csv": list(range(900))}, {"data/test.csv": list(range(300))}


def reach(folder: Path) -> Split:
    """The scaler's minimum and maximum come from both tables."""
    train, test = split(folder)
    return train | {"data/test.csv": list(range(300))}, test | {"data/train.csv": list(range(900))}


TRUTH = Truth(
    about="LEAK: training and test arrays are stacked and scaled together; the test file shapes the model",
    make=data.churn_in_two,
    commands=["train.py"],
    file_edges=[("data/train.csv", "net.joblib"), ("data/test.csv", "net.joblib")],
    models=[
        ModelTruth(
            found="net.joblib",
            columns={"data/train.csv": ["age", "tenure_months", "monthly_fee", "support_calls"]},
            target={"data/train.csv": ["churned"]},
            dropped={
                "data/train.csv": fell(
                    "train.py: train = pd.read_csv(",
                    "customer_id name signup_date plan region last_login_days",
                )
            },
            rows=split,
            reach=reach,
        )
    ],
    leaks=[Leak(kind="preprocessing", at="train.py: scaled = MinMaxScaler().fit_transform(")],
)

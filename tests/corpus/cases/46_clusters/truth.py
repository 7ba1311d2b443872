from pathlib import Path

from corpus import data
from corpus.truth import ModelTruth, Split, Truth, fell, rows_in


def split(folder: Path) -> Split:
    return rows_in("data/churn.csv", range(1200))


TRUTH = Truth(
    about="clusters of customers: scaled, PCA, k-means on all rows; nothing is tested, so nothing leaks",
    make=data.churn,
    commands=["segment.py"],
    file_edges=[("data/churn.csv", "segments.csv"), ("data/churn.csv", "segmenter.joblib")],
    models=[
        ModelTruth(
            found="segmenter.joblib",
            columns={"data/churn.csv": ["tenure_months", "monthly_fee", "support_calls"]},
            dropped={
                "data/churn.csv": fell("segment.py: customers = pd.read_csv(", "customer_id")
                | fell(
                    'segment.py: behaviour = customers[["tenure_months"',
                    "name signup_date age plan region last_login_days churned",
                )
            },
            rows=split,
        )
    ],
)

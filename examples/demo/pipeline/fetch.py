"""Write the Wisconsin breast cancer data, which comes with scikit-learn, to a CSV file."""

from pathlib import Path

from sklearn.datasets import load_breast_cancer

Path("data").mkdir(exist_ok=True)
frame = load_breast_cancer(as_frame=True).frame
frame.to_csv("data/tumours.csv", index=False)
print(f"data/tumours.csv: {len(frame)} rows")

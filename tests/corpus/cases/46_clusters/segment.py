import joblib
import pandas as pd
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

customers = pd.read_csv("data/churn.csv", index_col="customer_id")
behaviour = customers[["tenure_months", "monthly_fee", "support_calls"]].copy()
behaviour["spent"] = behaviour.eval("tenure_months * monthly_fee")

segmenter = make_pipeline(StandardScaler(), PCA(2), KMeans(4, n_init=3, random_state=0))
customers["segment"] = segmenter.fit_predict(behaviour)
sizes = customers.groupby("segment").size()
print(sizes.sort_values().tolist())
print("train", len(behaviour))
customers[["segment"]].to_csv("segments.csv")
joblib.dump(segmenter, "segmenter.joblib")

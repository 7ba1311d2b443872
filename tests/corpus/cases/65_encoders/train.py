import joblib
import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.ensemble import AdaBoostClassifier, BaggingClassifier
from sklearn.model_selection import ShuffleSplit, cross_validate
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    OrdinalEncoder,
    QuantileTransformer,
    TargetEncoder,
)

churn = pd.read_csv("data/churn.csv", usecols=range(3, 11)).convert_dtypes()
churn = churn.replace({"region": {"north": "N", "south": "S"}}).dropna(axis=0)
churn["tenure_months"], unique = pd.factorize(churn["tenure_months"], sort=True)
label = churn.pop("churned").to_numpy(dtype=int)
churn[["age", "support_calls"]] = churn[["age", "support_calls"]].astype(float)
churn[["monthly_fee", "last_login_days"]] = churn[["monthly_fee", "last_login_days"]].astype(float)
churn = churn.astype({"plan": object, "region": object})

numbers = FeatureUnion(
    [
        ("quantiles", QuantileTransformer(n_quantiles=50)),
        ("bins", KBinsDiscretizer(4, encode="ordinal", quantile_method="averaged_inverted_cdf")),
        ("logs", FunctionTransformer(np.log1p)),
    ]
)
prepare = ColumnTransformer(
    [
        ("numbers", numbers, make_column_selector(dtype_include="number")),
        ("plan", OrdinalEncoder(categories=[["basic", "plus", "pro"]]), ["plan"]),
        ("region", TargetEncoder(cv=2, random_state=0), ["region"]),
    ]
)
pipe = Pipeline(
    [("prepare", prepare), ("model", AdaBoostClassifier(n_estimators=8, random_state=0))]
)

splitter = ShuffleSplit(n_splits=2, test_size=0.3, random_state=71)
print({k: v.shape for k, v in cross_validate(pipe, churn, label, cv=splitter).items()})

dev, test = next(splitter.split(churn))
bag = BaggingClassifier(clone(pipe["model"]), n_estimators=3, random_state=0)
final = Pipeline([("prepare", clone(prepare)), ("bag", bag)])
final.fit(churn.take(dev), label[dev])
print("accuracy", round(final.score(churn.take(test), label[test]), 3))
print("train", len(dev), "test", len(test))
joblib.dump(final, "bag.joblib")

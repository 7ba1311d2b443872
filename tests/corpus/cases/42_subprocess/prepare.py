import sys

import numpy as np
import pandas as pd

source, target = sys.argv[1:]
table = pd.read_csv(source)
table = table[table["bmi"].between(15, 45)].reset_index(drop=True)
table["older"] = (table["age"] > 50).astype(int)
rng = np.random.RandomState(2024)
table["part"] = np.where(rng.rand(len(table)) < 0.75, "train", "test")
table[["bmi", "glucose", "older", "diabetic", "part"]].to_csv(target, index=False)
print(f"prepared {len(table)} visits")

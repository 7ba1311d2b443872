# %%
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

# %%
reviews = pd.read_csv("data/reviews.csv")
reviews = reviews.dropna()

# %%
train, test = train_test_split(reviews, test_size=0.3, random_state=1)
vectorizer = TfidfVectorizer()
A = vectorizer.fit_transform(train["text"])

# %%  run again with another seed, but the cell above was only half executed
train2, test = train_test_split(reviews, test_size=0.3, random_state=2)

# %%
clf = LogisticRegression()
clf.fit(A, train["label"])

# %%
B = vectorizer.transform(test["text"])
print("accuracy", round(clf.score(B, test["label"]), 3))
print("train", A.shape[0], "test", B.shape[0])

# %%
import pickle

pickle.dump({"vectorizer": vectorizer, "clf": clf}, open("clf.pkl", "wb"))

import csv
import pickle
import random

from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import MultinomialNB


def load(path):
    texts, stars = [], []
    with open(path, newline="") as f:
        for row in csv.DictReader(f):
            if not row["text"].strip():
                continue
            texts.append(row["text"])
            stars.append(int(row["stars"]))
    return texts, stars


texts, stars = load("data/reviews.csv")
pairs = list(zip(texts, stars))
random.Random(4).shuffle(pairs)
cut = int(len(pairs) * 0.7)
train, test = pairs[:cut], pairs[cut:]

vectorizer = CountVectorizer(min_df=2)
X_train = vectorizer.fit_transform([t for t, _ in train])
model = MultinomialNB()
model.fit(X_train, [s >= 3 for _, s in train])

X_test = vectorizer.transform([t for t, _ in test])
right = sum(model.predict(X_test) == [s >= 3 for _, s in test])
print(f"{right} right")
print("train", len(train), "test", len(test))
with open("naive_bayes.pkl", "wb") as f:
    pickle.dump((vectorizer, model), f)

import joblib
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import classification_report
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline

reviews = pd.read_csv("data/reviews.csv")
reviews = reviews[reviews.language == "en"].dropna(subset=["text"])
reviews["text"] = reviews["text"].str.lower().str.replace(r"[^a-z ]", "", regex=True)

train_text, test_text, train_label, test_label = train_test_split(
    reviews["text"], reviews["label"], test_size=0.25, random_state=2, stratify=reviews["label"]
)
pipe = Pipeline(
    [("tfidf", TfidfVectorizer(ngram_range=(1, 2))), ("clf", SGDClassifier(random_state=0))]
)
pipe.fit(train_text, train_label)
print(classification_report(test_label, pipe.predict(test_text)))
print("train", len(train_text), "test", len(test_text))
joblib.dump(pipe, "sentiment.joblib", compress=3)

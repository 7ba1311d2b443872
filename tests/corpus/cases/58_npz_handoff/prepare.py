import numpy as np
from sklearn.model_selection import train_test_split

shapes = np.load("data/shapes.npz")
images, labels = shapes["images"], shapes["labels"]
squares = labels != 0
images = images[squares][:, 1:7, 1:7]
labels = np.where(labels[squares] == 2, 1, 0)
parts = train_test_split(images, labels, test_size=0.25, random_state=33, stratify=labels)
names = ["X_train", "X_test", "y_train", "y_test"]
np.savez_compressed("prepared.npz", **dict(zip(names, parts)))
print(images.shape)

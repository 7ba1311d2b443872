#!/usr/bin/env python
# coding: utf-8

# In[1]:


import numpy as np
import pandas as pd

# In[2]:


df = pd.read_csv("data/houses.csv")
df.head()


# In[3]:


df.describe()


# In[17]:


df = pd.read_csv("data/houses.csv")
df = df[df["area"] > 60]
tmp = df.copy()
tmp["price"] = 0


# In[5]:


X = df[["area", "rooms"]]
y = df["price"]


# In[22]:


# better: log, and more columns
df["log_area"] = np.log(df["area"])
df["new"] = np.where(df["year_built"] >= 2000, 1, 0)
df["garage"] = df["garage"].fillna(df["garage"] * 0 + 1).fillna(1)
X = df[["log_area", "rooms", "new", "garage"]]
y = df["price"] / 1000


# In[23]:


from sklearn.model_selection import train_test_split

X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.5)


# In[25]:


X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.2, random_state=0)
X_train.shape, X_test.shape


# In[26]:


from sklearn.linear_model import LinearRegression

model = LinearRegression()
model.fit(X_train, y_train)
print(model.score(X_test, y_test) > 0.5)


# In[31]:


from sklearn.ensemble import RandomForestRegressor

model = RandomForestRegressor(n_estimators=12, random_state=1)
model.fit(X_train[["log_area", "new", "garage"]], y_train)
print("r2", round(model.score(X_test[["log_area", "new", "garage"]], y_test), 3))
print("train", len(X_train), "test", len(X_test))


# In[32]:


import joblib

joblib.dump(model, "model_final_v2.joblib")

"""MLflow's tracking and registry interface over a store; nothing in here knows of HTTP.

`table` has the calls by method and address, `view` what MLflow would have in its database, told
from the events of the store. What a call changes is said as events (`facts`).
"""

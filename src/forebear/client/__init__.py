"""The same operations for every caller: where the store is, and how to reach it."""

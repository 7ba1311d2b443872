"""The graph as arrays: compressed sparse rows in mapped files, and what was added since.

A snapshot holds both directions of all edges up to some `seq`; what is newer is read from the
database at each question and laid beside it. Everything here follows from the edges in the
database and can be thrown away at any time. Needs NumPy; uses SciPy where it is installed.
"""

"""A store as somebody sees it who may see some workspaces only.

What belongs to other workspaces is not there: no question finds it, no walk goes through it, and
how much was left out on the way is counted. `ScopedStore` is the port of the store over another
store; every question of the port is answered here, and a test sees to it that none is passed on.
"""

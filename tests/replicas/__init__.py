"""What is tested of one store and one server, over again where two of them take turns.

Each module has the tests of another one, with a store and a client that put every question to
the other of two: stores that are open twice over one PostgreSQL database, and two servers on them.
"""

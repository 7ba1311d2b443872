"""The use cases: a request, a function, a response, a permission; one table drives all skins."""

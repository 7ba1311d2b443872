"""Reproduction: follow the recipe of an artifact again, in isolation, and compare."""

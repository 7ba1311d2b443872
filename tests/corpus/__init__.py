"""Realistic machine-learning scripts, each with its true lineage written by hand beside it."""

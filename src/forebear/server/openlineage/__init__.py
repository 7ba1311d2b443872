"""Marquez' interface for reading: what producers have told, in its own words."""

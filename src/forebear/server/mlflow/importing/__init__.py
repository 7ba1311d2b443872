"""Importing what MLflow has recorded: its facts become the events that its clients would leave.

`importer` goes through what was found, `writing` says only what is new, `events` has the words.
"""

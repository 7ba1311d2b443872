"""The interfaces that are served: one file for each, with a function `endpoints`."""

"""Counting what a serving program does with a model: calls, latencies, callers, inputs in short."""

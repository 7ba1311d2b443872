"""OpenLineage: events of its producers become facts of the graph, and our runs its events."""

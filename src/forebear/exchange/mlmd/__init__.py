"""ML Metadata: what TFX and other pipelines have recorded in its database becomes lineage."""

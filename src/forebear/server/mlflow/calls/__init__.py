"""What answers MLflow's calls: one file for each kind of thing."""

"""Pure answers: walks, paths, completeness, verdicts, trees; data in, data out."""

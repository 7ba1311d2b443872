"""One file for each kind of model: `ORDER`, `claims(source)`, `open(source)`."""

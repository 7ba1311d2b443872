"""What MLflow has recorded: read from its database, its folder of files, or its server.

`found` says what is read, in the same form from all three; MLflow itself is not needed.
"""

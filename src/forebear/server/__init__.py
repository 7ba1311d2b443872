"""The HTTP server: the operations of a store, served to a team; Starlette lives here alone."""

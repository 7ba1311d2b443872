"""The domain: entities, refs, digests, events, errors and ports; msgspec and stdlib only."""

"""Requirements of policies and audits: one file each, found by looking in here."""

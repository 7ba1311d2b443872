"""Validating models of any kind on the caller's machine; the operations never open one."""

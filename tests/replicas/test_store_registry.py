from contract.test_registry import *

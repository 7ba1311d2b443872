from ops.test_registry import *

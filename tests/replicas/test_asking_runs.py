from ops.test_runs import *

from ops.test_live import *

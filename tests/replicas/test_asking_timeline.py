from ops.test_timeline import *

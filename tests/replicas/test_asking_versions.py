from ops.test_versions import *

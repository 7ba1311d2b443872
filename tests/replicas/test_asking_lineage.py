from ops.test_lineage import *

from ops.test_recall import *

from ops.test_promotion import *

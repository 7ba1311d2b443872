from ops.test_views import *

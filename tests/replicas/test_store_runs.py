from contract.test_runs import *

from contract.test_flows import *

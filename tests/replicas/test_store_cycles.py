from contract.test_cycles import *

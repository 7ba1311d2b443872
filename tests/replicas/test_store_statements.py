from contract.test_statements import *

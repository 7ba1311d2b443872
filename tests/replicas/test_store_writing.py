from contract.test_writing import *

from contract.test_search import *

from contract.test_accounts import *

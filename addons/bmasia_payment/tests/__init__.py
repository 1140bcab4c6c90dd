from . import test_at_once, test_money, test_often, test_pay_now, test_rights

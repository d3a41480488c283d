"""What orders cost."""

import unittest
from decimal import Decimal

from pricing.order import Line, order_total


class OrderTotal(unittest.TestCase):
    def test_an_empty_order_costs_nothing(self):
        self.assertEqual(order_total([]), Decimal("0.00"))

    def test_each_line_has_its_own_discount(self):
        lines = [Line("cup", 20, Decimal("4.00")), Line("plate", 2, Decimal("7.50"))]
        self.assertEqual(order_total(lines), Decimal("87.00"))

    def test_half_a_cent_is_rounded_up(self):
        self.assertEqual(Line("pin", 15, Decimal("0.11")).total(), Decimal("1.49"))

    def test_an_order_of_nothing_is_refused(self):
        with self.assertRaises(ValueError):
            Line("cup", 0, Decimal("4.00")).total()


if __name__ == "__main__":
    unittest.main()

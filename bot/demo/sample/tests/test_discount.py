"""Which discount applies to how many pieces."""

import unittest
from decimal import Decimal

from pricing.discount import bulk_discount


class BulkDiscount(unittest.TestCase):
    def test_few_pieces_cost_the_full_price(self):
        self.assertEqual(bulk_discount(1), Decimal("0"))
        self.assertEqual(bulk_discount(9), Decimal("0"))

    def test_between_the_thresholds_the_lower_discount_applies(self):
        self.assertEqual(bulk_discount(25), Decimal("0.10"))

    def test_large_orders_get_the_higher_discount(self):
        self.assertEqual(bulk_discount(200), Decimal("0.15"))

    def test_the_discount_starts_at_the_threshold_itself(self):
        # issue 123
        self.assertEqual(bulk_discount(10), Decimal("0.10"))
        self.assertEqual(bulk_discount(50), Decimal("0.15"))


if __name__ == "__main__":
    unittest.main()

"""Budgets: which hold for a model call, what is left of them, when people are told, by how much they are raised."""

"""Pictures of cards, forms and threads as Discord shows them."""

"""Block Kit drawn as HTML and as pictures, to see what people will see; no part of the tests."""

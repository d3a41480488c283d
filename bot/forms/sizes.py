"""What a form may hold on every platform."""

TITLE = 24
"""Characters of a title, as the port says; Slack's modals take no more."""
LABEL = 75
"""Characters of a field's label and of an offered answer."""
HINT = 150
INTRO = 600
FIELDS = 5
"""Fields of one form, as the port says; Discord's take no more."""
OPTIONS = 100
"""Offered answers of one field; Slack's menus take no more."""
WORDS = 3000
"""Characters of one answer, and of what may stand in a field beforehand."""
FILE_BYTES = 32 * 1024
"""Of one attached file: some hundred lines, and three of them fit into a request with its words."""
FILES_MOST = 3

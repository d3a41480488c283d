"""The program: composition root, command line, chat verbs, cards and delivery."""

"""GitHub as the forge: issues read, branches pushed, pull requests opened."""

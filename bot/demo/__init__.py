"""The demo: a throwaway repository with a real bug, and everything needed to work on it without a key."""

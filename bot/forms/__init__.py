"""Forms: what is asked when a button or a command needs words, and how what was filled in is read; pure."""

"""What watches the program from outside: metrics and health over HTTP, and trace spans, all told by the journal."""

"""Steps that need one another, drawn in a terminal: boxes in layers where they fit, else a list of branches."""

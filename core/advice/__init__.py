"""Where money could be saved, with the evidence."""

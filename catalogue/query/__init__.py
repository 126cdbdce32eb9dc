"""Public SPARQL in killable read-only worker processes."""

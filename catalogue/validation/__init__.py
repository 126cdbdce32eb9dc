"""Files held against rules and profiles: reading with places, checking, reports; free of command line and web."""

"""Routes over catalogue.exchange: what other nodes and harvesters read."""

"""Live checks: what this node's own addresses and those of archives answer, seen politely and written down."""

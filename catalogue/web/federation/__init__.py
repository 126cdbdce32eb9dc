"""Pages for partners: what was refused, what was noticed, and what the codes mean."""

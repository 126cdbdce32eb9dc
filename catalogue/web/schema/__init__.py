"""The model as pages: /schema, its diagrams and files, and the IRIs of our namespace that lead there."""

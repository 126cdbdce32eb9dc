"""Build time only: writes every generated file of the model from schema/*.yaml.

Run it as `python -m catalogue.model.compiler`; nothing that serves or harvests may import it (DESIGN section 4).
"""

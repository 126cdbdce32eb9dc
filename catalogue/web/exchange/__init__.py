"""Views of exchange formats: the log and the catalogue as others read them."""

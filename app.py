"""Wires settings, ledger, views, services, web and command line together; owns no behaviour."""


def main() -> None:
    """Entry point of the `ommatidia` command."""
    raise SystemExit("ommatidia: being built")

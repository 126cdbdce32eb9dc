"""Forms of a report, one file each, all of the same numbers; `base` has the contract and finds them."""

"""Forms of a FAIR report, one file each; `base` has the contract and finds them."""

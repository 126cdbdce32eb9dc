"""FAIR metrics, one file each; `base` has the contract and finds them."""

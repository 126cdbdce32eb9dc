"""A federation in one process: real merge and pull over a network, disks and clocks that one integer seeds.

Run one seed as `python -m tests.federation.simulation SEED --trace`. Read federation.md sections 6 and 7.
"""

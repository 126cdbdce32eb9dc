"""Audits as linked data: FAIR Test Results 1.3, DQV, EARL and PROV on the same nodes."""

"""FAIR audits: metrics, evidence, history, reports; and usage counts. Read DESIGN section 10."""

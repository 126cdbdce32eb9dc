"""Pages of FAIR audits, metrics, benchmarks, funders and grants; thin views over catalogue.fair's one Report."""

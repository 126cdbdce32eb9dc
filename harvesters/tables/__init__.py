"""Tables of strangers (Parquet, CSV, TSV), read as a stream in a process that can be killed."""

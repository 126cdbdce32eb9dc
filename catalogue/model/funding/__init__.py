"""Who paid for a study: funders, award numbers and the links from records to them, read without guessing.

Start at reading.py (one record) and index.py (all records); catalogue/docs/funding.md tells users what comes of it.
"""

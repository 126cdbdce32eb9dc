"""Partner formats, one file each: fetch partner bytes, map them to records."""

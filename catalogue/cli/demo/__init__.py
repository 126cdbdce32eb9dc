"""Three made-up member archives with real OME-Zarr images, for demonstrations and tests."""

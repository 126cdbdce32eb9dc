"""What runs over time: the worker that harvests and keeps views caught up."""

"""Bad files as recipes: the clean cells, the damage, and what must become of it. No blobs, no clock, one seed."""

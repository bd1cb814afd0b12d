"""Where things are: cells, polygons and presets, addresses."""

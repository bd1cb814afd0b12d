"""Where things are: cells, borders, districts by name and by point, addresses."""

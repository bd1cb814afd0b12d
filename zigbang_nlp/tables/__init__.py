"""Tables of other people: read piece by piece, written in parts."""

"""Tables of other people: read chunk by chunk, written in parts."""

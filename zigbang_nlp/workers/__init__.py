"""Worker processes, whatever they work on."""

"""The sections of a report, one module each; all numbers come from `insight`."""

"""The pages, one file each: questions in, a template out. Text of reviews is always escaped."""

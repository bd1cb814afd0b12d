"""The REST API, one file a group of answers. Every error is a problem document."""

PREFIX = "/api/v1"

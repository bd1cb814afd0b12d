"""The same work on many machines, through Dask: Parquet in, Parquet out, by partitions."""

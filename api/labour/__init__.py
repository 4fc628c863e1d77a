"""The labour record per worker: who works, looks for work or learns, with what help, and whether it lasted."""

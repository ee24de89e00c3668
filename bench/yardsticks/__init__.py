"""What the same work costs when nothing but the work is done: bare Django views, and pgbench on bare statements."""

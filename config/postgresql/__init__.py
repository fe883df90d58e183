"""PostgreSQL as Django has it, for requests that come and go and must not wait for ever."""

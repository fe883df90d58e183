"""A storm to rehearse: told as data, played through the API, and measured by its own report."""

"""The doors of the web: who may come in, one operation, one screen."""

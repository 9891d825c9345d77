"""Turns the web into captures and captures into documents. Imports `archive`, never `spiders`."""

"""How the crawler behaves towards hosts: what it may fetch, when, and how it says who it is."""

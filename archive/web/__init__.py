"""The archive over HTTP: JSON for programs, Memento, feeds, metrics, and a site for people who read.

Stands on Archive and `archive.storage` alone; only the command line imports it. Needs the extra `luubao[web]`."""

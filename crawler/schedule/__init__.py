"""Crawl every site again and again, unattended: each crawl a process of its own, each slot done once.

`timing` says when a site is due; `archive.storage.slots` remembers what ran; `runner` puts them on APScheduler. Its job
store is in memory: what ran is known by the table of slots alone."""

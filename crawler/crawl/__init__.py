"""One crawl of one site: what is due goes out, what comes back is captured, read, recorded and settled.

`writer` owns the archive, in a thread of its own; `readers` read pages in processes that can be killed; `desk` says
what to fetch and what an answer means for the frontier; `spider` is the little that Scrapy has to know; `run` puts them
together."""

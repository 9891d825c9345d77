"""The archive: what was captured, what it says, and how it changed.

Knows nothing of scrapy, trafilatura or fetching: captures and documents come in, articles,
versions, clusters and changes come out."""

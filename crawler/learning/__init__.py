"""Learn from the pages of a site what its rules should say, and change nothing.

`examples` are pages with what is read in them today; `fields` finds selectors for what was read, `furniture` what
recurs on dissimilar pages, `drift` the day from which a rule found nothing any more; `proposal` puts them together and
writes them as a site's file would. Pure but for `examples.load`, which asks the archive."""

"""One file per site: a declaration, without input, output or SQL."""

"""The release of this distribution; imported by the build, so it imports nothing."""

VERSION = "0.1.0"

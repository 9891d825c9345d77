"""Record articles in another process: `FOLDER FIRST COUNT [DATABASE]`; commits when a line comes in."""

import sys

from builders import FakeExtractor, document, record

from archive.core import Archive


def main(folder, first, count, database=None):
    with Archive.open(folder, database=database, extractor=FakeExtractor()) as archive:
        for number in range(int(first), int(first) + int(count)):
            record(archive, document(number), url=f"https://bao.example/{number}.html", day=number)
        sys.stdout.write("recorded\n")
        sys.stdout.flush()
        sys.stdin.readline()


if __name__ == "__main__":
    main(*sys.argv[1:])

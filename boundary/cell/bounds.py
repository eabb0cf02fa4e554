"""How much a cell may use, and how much of a file is looked at. Numbers only: both sides of the door read them."""

from boundary.refused import MOST_PAGES, MOST_PIXELS

MEGABYTE = 1024 * 1024

# What the kernel holds a cell to.
MEMORY = 1280 * MEGABYTE  # of addresses: the largest picture, unpacked, redrawn and laid on white, takes 800
LARGEST_WRITTEN = 64 * MEGABYTE  # any one file
OPEN_FILES = 32
NICE = 5  # behind the processes that answer people
SECONDS = 10  # of the processor, and a second more for each page once they are counted; on the wall as many, by default
MOST_SECONDS = SECONDS + MOST_PAGES
# On a busy machine the wall's clock stands while a cell waits for a processor: times its seconds, and at most.
WAITS, MOST_WAITED = 6, 300

# What a file may hold.
MOST_OBJECTS = 300_000  # two hundred pages with fonts and a layer of text have about 20,000
MOST_PARTS = 2_000_000  # values within these objects
DEEPEST = 100  # values within each other; honest files have a handful
DEEPEST_PAGES = 50  # levels of the tree of pages
DEEPEST_FORMS = 20  # forms drawn within forms
MOST_SCANS = 100  # passes over one progressive JPEG: the usual script has 10
MOST_SCANNED = 10 * MOST_PIXELS  # dots times passes
MOST_PAINTED = 50_000  # marks on one page, each as often as it is drawn; a page of text has some thousands
MOST_DOTS = 4 * MOST_PIXELS  # of all pictures on one page, each as often as it is drawn
LARGEST_CONTENT = 32 * MEGABYTE  # what one page is described with, unpacked
UNPACKED_EACH = 300 * MEGABYTE  # one stream: an A3 sheet at 600 dpi in colour has 210
UNPACKED_ALL = 2 * 1024 * MEGABYTE
UNPACKED_BETWEEN = 100 * MEGABYTE  # what is unpacked once and will be again
WIDEST = 100_000  # bytes or dots in a row that a predictor keeps

# How much is drawn to see whether it can be.
TRIED_PAGES = 5
TRIED_WIDTH = 400
HIGHEST = 4  # times the width; what is longer is drawn smaller, so that no page asks for unbounded memory

# How the pictures of pages are kept.
QUALITY = 85  # of a JPEG: print stays sharp, and a page is written in a fifth of the time that a PNG takes
LARGEST_DRAWN = 600 * MEGABYTE  # all pictures of one file: two hundred full pages of colour have some 400

# How pages are read.
READ_WIDTH = 1240  # dots, the shorter side of what is read: A4 at 150 dpi
MOST_CODES = 8  # of one page; more are not told
LONGEST_CODE = 300  # characters; a longer code is none of ours
# Seconds of the processor for drawing and reading, at first and for each page: when they are over, no page is looked at
# again or compared.
READING_AT_FIRST, READING_EACH = 6.0, 0.8
# Characters of one page that are unlike ours: then nobody looks further, and a person has to. Two seals over the text,
# scanned in black and white, leave up to 28 so, four 41.
MOST_DIFFERING = 60
MOST_RUNS, LONGEST_RUN = 5, 40  # words of ours told of a page in whose place others stand, and characters of each

# What a table may hold, of a workbook or a text.
LARGEST_BOOK = 20 * MEGABYTE  # as it is sent
BOOK_UNPACKED = 400 * MEGABYTE  # all parts
TEXTS_UNPACKED = 80 * MEGABYTE  # the shared texts are held in memory
OTHER_PART_UNPACKED = 16 * MEGABYTE
MOST_BOOK_PARTS = 2_000
HIGHEST_RATIO = 120  # of a part above a megabyte; real sheets lie between 5 and 40
DEEPEST_XML = 40  # elements within each other; a cell with a text in colours has nine
MOST_ELEMENTS = 400_000  # of one row, or of what stands beside the rows; the longest honest row has some 80,000
MOST_LINES = 1_048_576  # of one table, as Excel has
MOST_FILLED_ROWS = 250_000  # of all tables together
MOST_HIDDEN = 20  # tables that are told as hidden
MOST_MERGED = 20_000  # cells that reach over several rows, of one table
MOST_COLUMNS = 100  # what stands further right is left out
LONGEST_CELL = 32_767  # characters, as in Excel
LARGEST_NUMBER = 10.0**40
LONGEST_LINE = 6 * MOST_COLUMNS * (LONGEST_CELL + 2)  # bytes of one row as it is written, each character spelled out
LONGEST_NAME = 100  # of a table
BYTES_A_SECOND = MEGABYTE  # of what a table unpacks to, in the worst honest case: for each there is a second more
LARGEST_PIECE = 16 * MEGABYTE  # of rows written, a row more or less
LARGEST_ROWS = 256 * MEGABYTE  # of all rows written

# What is read of a signed file.
SIGNED_PAGES = 10  # as many seconds more: what came after each signature is compared, and that takes longest
MOST_SIGNATURES, MOST_FIELDS = 50, 2_000
LONGEST_CLAIM = 200  # characters of what a signature says of itself
MOST_READ = 20_000  # characters of a page in which a number of ours is looked for

# How a cell answers: with files in its folder, or with how it ends.
ANSWER, SAID = "answer.json", "said.txt"
LARGEST_ANSWER = 8 * MEGABYTE  # of two hundred pages with codes as many and as long as they may be
LONGEST_REASON, LONGEST_DOUBT = 1_000, 200  # characters
OUT_OF_MEMORY, BROKEN = 77, 70

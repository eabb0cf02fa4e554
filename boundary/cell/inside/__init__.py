"""What runs in a cell. Nothing here is called from anywhere else, and nothing here knows the rest of the house.

`work` does a job: `kinds` tells what a file is, `jpegs` and `pictures` judge and redraw a picture; of a PDF `pages`
counts the pages, `objects` looks at every value and its type, `acting` for what would do something, `streams` how much
unpacks, `contents` how much is drawn; `drawing` draws. All that is counted is counted before anything is drawn. On a
drawn page `reading` reads: `codes` its QR codes; `papers` draws the page of ours that has the same one, `registering`
lays one over the other (`planes`), `comparing` tells what was added. Of workbooks and texts `tables` writes the rows:
`archives` judges a workbook's list of parts, `books` reads its sheets, `texts` a CSV in its encoding (`encodings`), and
`values` says what a cell may be. `signatures` reads a signed PDF as it is, with what of it is ours.
"""

"""How every document looks: the accepted pictures of its pages, and what tells a changed page from a noisy one.

Of a text's first copy the first, the signature and the last page are kept. Other copies differ in their label, of
which one strip each is kept, and in their QR code, which is read elsewhere: all else is compared with the first copy,
dot for dot, so that no near-equal pictures are stored.
"""

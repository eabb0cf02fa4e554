"""A form that creates something creates it once, however often it is sent: twice by a double click, again after going
back, or from two tabs. Whoever sends it again is led to what was created. Knows no thing that is created."""

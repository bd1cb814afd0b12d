"""Importing it sets apart what the process holds: no garbage collection goes through it again.

The server of forks imports it last. A fork then shares those objects with the others, and doesn't
get each page of them as its own by looking for garbage.
"""

import gc

gc.collect()
gc.freeze()

"""Importing it sets apart what the process holds: no garbage collection goes through it again.

pytest imports it once all tests are collected, and the server of forks last of all. A fork then
shares those objects with the others, and doesn't get each page of them as its own by looking for
garbage.
"""

import gc

gc.collect()
gc.freeze()

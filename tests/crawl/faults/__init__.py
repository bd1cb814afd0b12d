"""Scenarios of a review site that changes, fails or leaks, and what a user must then see.

Written from the notes on the API alone, by somebody who saw neither the crawler nor its tests.
"""

from tests.crawl.faults.addresses import addresses
from tests.crawl.faults.control import controls
from tests.crawl.faults.drift_dates import dates
from tests.crawl.faults.drift_entries import ids_and_entries
from tests.crawl.faults.drift_lists import lists_and_pages
from tests.crawl.faults.drift_names import renamed_fields
from tests.crawl.faults.endpoint import endpoints
from tests.crawl.faults.persons import persons
from tests.crawl.faults.robots import robots
from tests.crawl.faults.shorthand import SCENARIOS
from tests.crawl.faults.usage import usage
from tests.crawl.faults.value import values
from tests.crawl.faults.worse import worse

for build in (
    *(controls, renamed_fields, dates, lists_and_pages, ids_and_entries),
    *(worse, values, usage, endpoints, robots, addresses, persons),
):
    build()
BY_NAME = {scenario.name: scenario for scenario in SCENARIOS}

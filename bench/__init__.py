"""Speed and memory of the hub, beside sdmx1 and pysdmx, in one run: ``make bench``."""

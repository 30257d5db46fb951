"""`python -m infra.local.demo`."""

import sys

from infra.local.demo import main

sys.exit(main())

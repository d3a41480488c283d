"""Every call the simulated GitHub answers."""

from tests.platforms.github.checkup_methods import CHECKUP
from tests.platforms.github.desk_methods import DESK
from tests.platforms.github.methods import BASIC
from tests.platforms.github.watch_methods import WATCH

OPERATIONS = (*BASIC, *DESK, *WATCH, *CHECKUP)

"""What says who asks, and how many calls are left on the simulated GitHub; `CHECKUP` names the operations."""

from tests.platforms.github import payloads
from tests.platforms.github.call import Answer, Call
from tests.platforms.github.methods import Operation

HOURLY = 5_000


def _me(call: Call) -> Answer:
    return Answer(body=payloads.user(call.access.login))


def _rate(call: Call) -> Answer:
    core = {"limit": HOURLY, "remaining": call.world.calls_left, "used": HOURLY - call.world.calls_left, "reset": 0}
    resources = {"core": core, "search": {"limit": 30, "remaining": 30, "used": 0, "reset": 0}}
    return Answer(body={"resources": resources, "rate": core})


CHECKUP = (
    Operation(method="GET", path="/user", do=_me),
    Operation(method="GET", path="/rate_limit", do=_rate),
)

"""Small worlds made by hand, one for each sentence of the meaning of facts, with what they must come to."""

from tests.scenarios.agreement import AGREEMENT
from tests.scenarios.counting import COUNTING
from tests.scenarios.forwarding import FORWARDING
from tests.scenarios.information import INFORMATION
from tests.scenarios.several import SEVERAL
from tests.scenarios.stage import STAGE
from tests.scenarios.task import TASK

SCENARIOS = (*COUNTING, *TASK, *AGREEMENT, *SEVERAL, *INFORMATION, *FORWARDING, *STAGE)

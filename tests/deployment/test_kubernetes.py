"""The Kubernetes manifests: every control that the documents promise is there in every overlay."""

from collections.abc import Callable

import pytest

from deploy.cli.setting_owners import SERVICES
from deploy.cli.setting_rows import rows_of
from services.portal.settings import Settings as PortalSettings
from tests.deployment.cluster import OVERLAYS, Resource, of, rendered
from tests.deployment.controls import EVERYWHERE, IN_PRODUCTION

Control = Callable[[list[Resource]], None]
CELLS = [*[("dev", each) for each in EVERYWHERE], *[("prod", each) for each in IN_PRODUCTION]]


@pytest.mark.parametrize(("overlay", "control"), CELLS, ids=lambda each: getattr(each, "__name__", each))
def test_a_control_is_there(overlay: str, control: Control):
    control(rendered(overlay))


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_setting_is_one_that_somebody_reads_and_valid_for_all(overlay: str, monkeypatch: pytest.MonkeyPatch):
    (settings,) = of(rendered(overlay), "ConfigMap")
    for key, value in (settings["data"] | {"KLARMELD_SESSION__KEY": "A" * 43 + "="}).items():
        monkeypatch.setenv(key, value)

    read = {row.name for kind in (*SERVICES.values(), PortalSettings) for row in rows_of(kind) if row.origin == "set"}
    assert settings["data"].keys() <= read

"""Who draws pictures is a matter of settings."""

from pathlib import Path

import pytest

from adapters.charts import MatplotlibCharts
from bot.chat_context import charts_of
from config.settings import Settings, load_settings

pytestmark = pytest.mark.money


def settings(folder: Path, tables: str) -> Settings:
    """The settings of a machine with these tables."""
    (folder / "orchestrator.toml").write_text(tables)
    environ = {"HOME": str(folder), "ORCHESTRATOR_HOME": str(folder / "home"), "PATH": "/usr/bin:/bin"}
    return load_settings(config=folder / "orchestrator.toml", cwd=folder, environ=environ)


@pytest.mark.parametrize(("tables", "dark"), [("", False), ("[pictures]\ndark = true\n", True)])
def test_pictures_are_light_unless_settings_say_otherwise(tmp_path: Path, tables: str, dark: bool) -> None:
    charts = charts_of(settings(tmp_path, tables))
    assert isinstance(charts, MatplotlibCharts)
    assert charts.dark == dark


def test_pictures_can_be_switched_off(tmp_path: Path) -> None:
    assert charts_of(settings(tmp_path, "[pictures]\nsend = false\n")) is None

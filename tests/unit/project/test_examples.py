"""What the documents show as files can be used as it stands."""

import re
from pathlib import Path

from config.role_loader import load_roles
from config.template_loader import load_templates
from config.workflow_loader import load_workflows

GUIDE = Path(__file__).parents[3] / "docs" / "workflows.md"


def shown(number: int) -> str:
    return re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)[number]


def test_the_workflow_in_the_guide_is_valid(tmp_path: Path) -> None:
    (tmp_path / "workflows").mkdir()
    (tmp_path / "workflows" / "careful_fix.yaml").write_text(shown(0), encoding="utf-8")
    workflow = load_workflows(tmp_path, load_roles(tmp_path))["careful_fix"]
    assert workflow.beside(workflow.steps[2].name) == {"docs"}


def test_the_template_in_the_guide_is_valid(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "upgrade.yaml").write_text(shown(1), encoding="utf-8")
    found = load_templates(tmp_path).find("upgrade")
    assert found.ancestors[0].startswith("upgrade-dependency")

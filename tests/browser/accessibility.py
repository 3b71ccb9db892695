"""axe-core, from its registry package, asked about a page."""

from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).resolve().parents[2] / "build" / "axe" / "package" / "axe.min.js"

GRAVE = ("serious", "critical")


def serious_findings(page: Any) -> list[str]:
    """The serious findings of axe-core, each with the first element that it names."""
    page.evaluate(SCRIPT.read_text("utf-8"))
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [
        f"{each['id']}: {each['help']}: {each['nodes'][0]['html']:.120}"
        for each in found["violations"]
        if each["impact"] in GRAVE
    ]

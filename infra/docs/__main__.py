"""`python -m infra.docs`: write docs/actions, states.md, errors.md, settings.md, spec.md, clauses.md,
units.md and screens.md."""

import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(REPOSITORY), str(REPOSITORY / "layers" / "common" / "python")]

from infra.docs.pages import pages  # noqa: E402

for path, text in pages().items():
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    print(path.relative_to(REPOSITORY))

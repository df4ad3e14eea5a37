"""Names every public symbol without a comment, and fails if there is one.

Usage: undocumented.py FOLDER, with the symbol graphs that `swift symbolgraph-extract` wrote.
"""

import json
import sys
from pathlib import Path

missing = [
    f"{Path(symbol['location']['uri']).name}:{symbol['location']['position']['line'] + 1}: "
    f"{'.'.join(symbol['pathComponents'])} has no documentation"
    for file in sorted(Path(sys.argv[1]).glob("*.symbols.json"))
    for symbol in json.loads(file.read_text())["symbols"]
    # What the compiler makes has no place in the sources.
    if "location" in symbol and not symbol.get("docComment", {}).get("lines")
]
print("\n".join(missing), file=sys.stderr)
sys.exit(1 if missing else 0)

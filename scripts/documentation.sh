#!/usr/bin/env bash
# Builds the API documentation of libraries into .build/docs. A warning is an error, and so is a public name without a comment.
# Usage: scripts/documentation.sh MODULE...
set -euo pipefail
cd "$(dirname "$0")/.."
docs=.build/docs
triple=$(swift -print-target-info | python3 -c 'import json, sys; print(json.load(sys.stdin)["target"]["triple"])')
built=$(swift build --show-bin-path)

# The options that say where the C modules are which the Swift ones import.
c_module_paths() {
  find "$built"/*.build -maxdepth 1 -name module.modulemap -printf '-I%h\n'
  find Sources .build/checkouts/*/Sources -name module.modulemap -printf '-I%h\n'
}

for module in "$@"; do
  swift build --target "$module"
  mapfile -t c_modules < <(c_module_paths)
  symbols=$docs/symbols/$module
  rm -rf "$symbols" "${docs:?}/$module"
  mkdir -p "$symbols"
  swift symbolgraph-extract -module-name "$module" -I "$built/Modules" "${c_modules[@]}" -target "$triple" \
    -minimum-access-level public -output-dir "$symbols"
  python3 scripts/undocumented.py "$symbols"
  docc convert "Sources/$module/Documentation.docc" --additional-symbol-graph-dir "$symbols" \
    --fallback-display-name "$module" --fallback-bundle-identifier "poptrain.$module" --warnings-as-errors \
    --output-path "$docs/$module"
  echo "to read it: python3 -m http.server -d $docs/$module, then http://localhost:8000/documentation/${module,,}"
done

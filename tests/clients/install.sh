#!/usr/bin/env bash
# Makes the environments of the clients in .clients/, one for each file of environments/ and one for node/; what is
# there and unchanged stays. A client that cannot be installed is said and its tests are skipped.
set -uo pipefail
cd "$(dirname "$0")"
made=${OMMATIDIA_CLIENTS:-$(cd ../.. && pwd)/.clients}
mkdir -p "$made"
# Beside the others, which wait for other things.
(
    if [ -f node/package-lock.json ] && command -v npm >/dev/null && ! cmp -s node/package-lock.json "$made/node/made-from.json"; then
        rm -rf "$made/node" && mkdir "$made/node" && cp node/package.json node/package-lock.json "$made/node/"
        if (cd "$made/node" && npm ci --silent --ignore-scripts --no-audit --no-fund); then
            cp node/package-lock.json "$made/node/made-from.json"
        else
            echo "not installed: the clients of node/; their tests will be skipped" >&2
            rm -rf "$made/node"
        fi
    fi
) &
for file in environments/*.txt; do
    name=$(basename "$file" .txt)
    cmp -s "$file" "$made/$name/made-from.txt" && continue
    rm -rf "${made:?}/$name"
    # Most of what is installed is never imported, so that it need not be compiled.
    if "${PYTHON:-python3}" -m venv "$made/$name" && "$made/$name/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check -r "$file"; then
        cp "$file" "$made/$name/made-from.txt"
    else
        echo "not installed: the clients of $file; their tests will be skipped" >&2
        rm -rf "${made:?}/$name"
    fi
done
wait
# The source of pyoai has the XML Schema of OAI-PMH, which no package installs.
if [ -d "$made/pyoai" ] && [ ! -f "$made/pyoai/OAI-PMH.xsd" ]; then
    source=$(mktemp -d)
    if "$made/pyoai/bin/python" -m pip download --quiet --disable-pip-version-check --no-deps --no-binary pyoai pyoai==2.5.0 -d "$source"; then
        tar -xzf "$source"/pyoai-2.5.0.tar.gz -O pyoai-2.5.0/src/oaipmh/tests/OAI-PMH.xsd > "$made/pyoai/OAI-PMH.xsd"
    else
        echo "not installed: the XML Schema of OAI-PMH; its tests will be skipped" >&2
    fi
    rm -rf "$source"
fi

"""How much of Connectivity its tests reach, by the parts that the story names, and whether that is enough.

Usage: coverage-gates.py EXPORT, which is what `llvm-cov export -summary-only` wrote. Ends with 1 below a gate.
"""

import json
import sys

# Part, its folders in Sources/Connectivity, and the least percentage of its lines.
PARTS = [
    ("discovery", ["Discovery"], 95),
    ("pool", ["Pool"], 95),
    ("clients", ["ComfyUI", "LiteLLM", "Gradio", "Transport", "Streams", "JSON"], 90),
    ("health", ["Health"], 90),
    ("reconnection", ["Reconnection"], 90),
    ("configuration", ["Configuration"], 85),
]
WHOLE = ("all of Connectivity", 90)
ROOT = "/Sources/Connectivity/"


def main(path):
    with open(path, encoding="utf-8") as file:
        files = json.load(file)["data"][0]["files"]
    counts = {
        entry["filename"].split(ROOT)[1]: entry["summary"]["lines"] for entry in files if ROOT in entry["filename"]
    }
    if not counts:
        sys.exit(f"coverage-gates: nothing of {ROOT} in {path}")
    rows = [
        (name, [count for file, count in counts.items() if file.split("/")[0] in folders], gate)
        for name, folders, gate in PARTS
    ]
    rows.append((WHOLE[0], list(counts.values()), WHOLE[1]))
    failed = []
    print(f"{'part':<20} {'lines':>6} {'reached':>8} {'gate':>6}")
    for name, found, gate in rows:
        lines = sum(count["count"] for count in found)
        reached = 100 * sum(count["covered"] for count in found) / lines if lines else 0
        print(f"{name:<20} {lines:>6} {reached:>7.1f}% {gate:>5}%{'' if reached >= gate else '  too little'}")
        if reached < gate:
            failed.append(name)
    if failed:
        for file, count in sorted(counts.items(), key=lambda item: item[1]["covered"] - item[1]["count"])[:10]:
            print(f"  {count['count'] - count['covered']:>4} lines not reached in {file}")
        sys.exit(f"coverage-gates: too little of {', '.join(failed)}")


if __name__ == "__main__":
    main(*sys.argv[1:])

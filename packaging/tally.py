"""tally.py RESULTS DASHBOARD-LOG [FAILED-STEP...]   adds up what the suites wrote; the last line is the verdict."""

import pathlib
import re
import sys
import xml.etree.ElementTree as ElementTree


def from_junit(path):
    """(passed, failed, skipped) of one JUnit file, each <testcase> counted once."""
    passed = failed = skipped = 0
    for case in ElementTree.parse(path).iter("testcase"):
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            failed += 1
        elif "skipped" in kinds:
            skipped += 1
        else:
            passed += 1
    return passed, failed, skipped


def from_tap(path):
    """(passed, failed, skipped) of the closing comments that node's test runner prints."""
    text = path.read_text(errors="replace")
    counts = {name: int(n) for name, n in re.findall(r"^# (pass|fail|skipped|todo) (\d+)$", text, re.M)}
    return counts.get("pass", 0), counts.get("fail", 0), counts.get("skipped", 0) + counts.get("todo", 0)


def main():
    results, dashboard, steps = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3:]
    rows = {path.stem: from_junit(path) for path in sorted(results.glob("*.xml"))}
    if dashboard.exists():
        rows["dashboard"] = from_tap(dashboard)
    for name, (passed, failed, skipped) in rows.items():
        print(f"{name:<22} {passed:5d} passed {failed:5d} failed {skipped:5d} skipped")
    passed, failed, skipped = (sum(column) for column in zip(*rows.values())) if rows else (0, 0, 0)
    # A step that broke before it could count (a build that did not compile) is a failure of its own.
    counted = {"unit", "dashboard", "appliance", "clients"} if failed else set()
    failed += sum(1 for step in steps if step not in counted)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed or not passed else 0)


main()

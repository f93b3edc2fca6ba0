# Merges what generate.py says on each Python version into one table that holds only what changes between them.
"""
    python generate.py --all DIR OUT     DIR holds one folder per interpreter, as pyenv lays them out: 3.8.18/bin/python

Form of the table (read by layouts.ts): a timeline maps a version to what changes there, the first entry being
the full record. Every field is a list of names separated by blanks. `members` replaces the list, `members+` and
`members-` add to it and take from it, null ends the record: the thing is not in the library from that version on.

    classes   canonical name -> bases, flags (see FLAGS), metaclass, slots, members (without the slots)
    aliases   other dotted name of a class -> of (its canonical name)
    modules   top-level name -> parts (dotted names below it)
    builtins  names, special (names like __init__ that classes and modules have)
"""
import json
import os
import subprocess
import sys

VERSIONS = ("3.8", "3.9", "3.10", "3.11", "3.12", "3.13")
FLAGS = {"hasDict": "dict", "hasWeakref": "weakref", "variableSize": "variable", "solid": "solid",
         "isException": "exception", "final": "final"}
ORDERED = ("bases", "flags", "metaclass", "of")  # replaced as a whole; the others are sets


def newest(folder, version):
    """`3.8.18` for `3.8`: the newest patch release in the folder."""
    found = [name for name in os.listdir(folder) if name.startswith(version + ".") and name.replace(".", "").isdigit()]
    if not found:
        raise SystemExit("no Python %s in %s: install it (pyenv install %s) or give another folder"
                         % (version, folder, version))
    return max(found, key=lambda name: [int(part) for part in name.split(".")])


def run(python):
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "generate.py")
    return json.loads(subprocess.check_output([python, "-I", "-S", "-B", script], stdin=subprocess.DEVNULL))


def class_records(found):
    """canonical name -> field -> list of names, for one version."""
    records = {}
    for name, facts in found["classes"].items():
        for other in facts["bases"] + [facts["metaclass"]]:
            assert other is None or other in found["classes"], (name, other)
        records[name] = {
            "bases": facts["bases"],
            "flags": [flag for field, flag in FLAGS.items() if facts[field]],
            "metaclass": [facts["metaclass"]] if facts["metaclass"] else [],
            "slots": facts["slots"],
            "members": [n for n in facts["members"] if n not in facts["slots"]],
        }
    return records


def alias_records(found):
    return {alias: {"of": [name]} for alias, name in found["aliases"].items()}


def module_records(found):
    records = {name.split(".")[0]: {"parts": []} for name in found["modules"]}
    for name in found["modules"]:
        top, _, rest = name.partition(".")
        if rest:
            records[top]["parts"].append(rest)
    return records


def joined(names):
    assert not any(set(name) & set(" \t\n") or not name for name in names), names
    return " ".join(names)


def change(before, after):
    """What turns one record into the next; {} when nothing does."""
    if after is None:
        return {} if before is None else None
    if before is None:
        return {field: joined(names) for field, names in after.items() if names}
    delta = {}
    for field, names in after.items():
        if field in ORDERED:
            if names != before[field]:
                delta[field] = joined(names)
            continue
        added = [n for n in names if n not in before[field]]
        removed = [n for n in before[field] if n not in names]
        if added:
            delta[field + "+"] = joined(added)
        if removed:
            delta[field + "-"] = joined(removed)
    return delta


def timelines(tables):
    """name -> {version: delta} over one {name: record} per version."""
    lines = {}
    for name in sorted({name for table in tables for name in table}):
        before, line = None, {}
        for version, table in zip(VERSIONS, tables):
            after = table.get(name)
            delta = change(before, after)
            if delta != {} or (before is None) != (after is None):
                line[version] = delta
            before = after
        lines[name] = line
    return lines


def section(lines):
    """A JSON object with one entry a line."""
    rows = ("%s:%s" % (json.dumps(k), json.dumps(v, separators=(",", ":"))) for k, v in lines.items())
    return "{\n" + ",\n".join(rows) + "\n}"


def main(folder, out):
    releases = [newest(folder, version) for version in VERSIONS]
    found = [run(os.path.join(folder, release, "bin", "python")) for release in releases]
    for version, table in zip(VERSIONS, found):
        assert ".".join(map(str, table["version"])) == version, (version, table["version"])
    parts = {
        "releases": json.dumps(dict(zip(VERSIONS, releases)), separators=(",", ":")),
        "builtins": section(timelines([{"builtins": {"names": t["builtins"], "special": t["special"]}} for t in found])),
        "modules": section(timelines([module_records(t) for t in found])),
        "classes": section(timelines([class_records(t) for t in found])),
        "aliases": section(timelines([alias_records(t) for t in found])),
    }
    text = "{\n" + ",\n".join('"%s":%s' % pair for pair in parts.items()) + "\n}\n"
    json.loads(text)
    with open(out, "w", encoding="ascii", newline="\n") as file:
        file.write(text)
    print("%s: %d bytes, %d lines" % (out, len(text), text.count("\n")), file=sys.stderr)

# Prints what one interpreter's standard library says about its classes, as JSON: layouts, bases, names.
"""
    python generate.py                        facts of this interpreter, on stdout
    python generate.py --all DIR OUT          the committed table: see merge.py

Any CPython from 3.8 on. Every module of the standard library is imported (none of site-packages), with
stdin, stdout and stderr closed to it; a module that cannot be imported on this platform is passed over
(library.py). What a layout allows is not computed but tried out: each class is subclassed with a slot, and
combined with a slotted sibling (probe.py).
"""
import json
import os
import subprocess
import sys
import warnings

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)  # isolated, an interpreter does not look there by itself
import library
import probe

sys.path.remove(HERE)


class Quiet:
    """Takes stdin, stdout and stderr away from the code inside, whatever it does at C level."""

    def __enter__(self):
        sys.stdout.flush()
        self.kept = [os.dup(fd) for fd in (0, 1, 2)]
        null = os.open(os.devnull, os.O_RDWR)
        for fd in (0, 1, 2):
            os.dup2(null, fd)
        os.close(null)

    def __exit__(self, *_):
        sys.stdout.flush()
        sys.stderr.flush()
        for fd, kept in enumerate(self.kept):
            os.dup2(kept, fd)
            os.close(kept)


def describe():
    """All facts of this interpreter, ready for json.dumps; every list sorted."""
    import builtins
    import site

    for add in (site.setquit, site.setcopyright, site.sethelper):
        add()  # what `-S` leaves out: exit, quit, copyright, credits, license, help
    builtin_names = sorted(dir(builtins))
    known = library.known_modules()
    modules = library.import_all(known)
    places, alias_of = library.collect(modules)
    names = library.name_classes(places, modules)
    classes = {}
    for cls, name in names.items():
        classes[name] = probe.facts(cls, names)
        probe.verify(cls, classes[name])
    for form in probe.special_forms(names):
        classes[form["name"]] = form
    aliases = {alias: names[cls] for alias, cls in alias_of.items()}
    for cls, where in places.items():
        aliases.update((module + "." + name, names[cls]) for module, name in where)
    return {
        "version": list(sys.version_info[:2]),
        "modules": sorted(known | set(modules)),
        "imported": sorted(modules),
        "builtins": builtin_names,
        "special": sorted({n for thing in [*names, json] for n in dir(thing) if n[:2] == n[-2:] == "__"}),
        "classes": dict(sorted(classes.items())),
        "aliases": {a: c for a, c in sorted(aliases.items()) if a != c},
    }


def main():
    if sys.argv[1:2] == ["--all"]:
        sys.path.insert(0, HERE)
        import merge

        return merge.main(*sys.argv[2:])
    if not (sys.flags.isolated and sys.flags.no_site and sys.flags.dont_write_bytecode):
        # without site-packages, user settings and the folder of this file
        return subprocess.call([sys.executable, "-I", "-S", "-B", os.path.join(HERE, "generate.py")])
    warnings.simplefilter("ignore")
    with Quiet():
        found = describe()
    json.dump(found, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())

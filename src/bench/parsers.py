"""Parses every Python file of a folder with one of Python's own parsers, one file after the other, and does no more."""
import ast
import pathlib
import sys
import warnings

which, folder, nth = sys.argv[1], sys.argv[2], int(sys.argv[3])
warnings.simplefilter("ignore")
if which == "libcst":
    import libcst

    parse = libcst.parse_module
else:
    parse = ast.parse
for file in sorted(pathlib.Path(folder).rglob("*.py"))[::nth]:
    try:
        parse(file.read_bytes())
    except Exception:
        pass  # broken on purpose, or Python 2

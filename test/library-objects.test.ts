// What functions and methods of the standard library give, as real interpreters say.
import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { MAKERS } from '../src/4-link/flow/library-makers.js';
import { findInterpreters } from '../src/prove/interpreters.js';

/** Calls of the makers, by the dotted name of each; `P`, `O`, `G`, `S` are parsers and parts of them. */
const CALLS: Readonly<Record<string, string>> = {
  'argparse.ArgumentParser.parse_args': 'P().parse_args([])',
  'argparse.ArgumentParser.parse_intermixed_args': 'P().parse_intermixed_args([])',
  'argparse.ArgumentParser.parse_known_args': 'P().parse_known_args([])',
  'argparse.ArgumentParser.parse_known_intermixed_args': 'P().parse_known_intermixed_args([])',
  'argparse.ArgumentParser.add_subparsers': 'P().add_subparsers()',
  'argparse.ArgumentParser.add_argument': 'P().add_argument("x")',
  'argparse._ArgumentGroup.add_argument': 'P().add_argument_group().add_argument("x")',
  'argparse._MutuallyExclusiveGroup.add_argument': 'P().add_mutually_exclusive_group().add_argument("-x")',
  'argparse._SubParsersAction.add_parser': 'P().add_subparsers().add_parser("x")',
  'argparse.ArgumentParser.add_argument_group': 'P().add_argument_group()',
  'argparse.ArgumentParser.add_mutually_exclusive_group': 'P().add_mutually_exclusive_group()',
  'argparse._ArgumentGroup.add_mutually_exclusive_group':
    'P().add_argument_group().add_mutually_exclusive_group()',
  'optparse.OptionParser.parse_args': 'optparse.OptionParser().parse_args([])',
  'ssl.create_default_context': 'ssl.create_default_context()',
  'sqlite3.connect': 'sqlite3.connect(":memory:")',
  'subprocess.run': 'subprocess.run([sys.executable, "--version"], capture_output=True)',
  'decimal.getcontext': 'decimal.getcontext()',
  'threading.current_thread': 'threading.current_thread()',
  'threading.main_thread': 'threading.main_thread()',
  'ast.parse': 'ast.parse("x")',
  'xml.etree.ElementTree.fromstring': 'ET.fromstring("<a/>")',
  'xml.etree.ElementTree.XML': 'ET.XML("<a/>")',
  'xml.etree.ElementTree.parse': 'ET.parse(io.StringIO("<a/>"))',
  'xml.dom.minidom.parse': 'xml.dom.minidom.parse(io.StringIO("<a/>"))',
  'xml.dom.minidom.parseString': 'xml.dom.minidom.parseString("<a/>")',
  'importlib.util.find_spec': 'importlib.util.find_spec("ast")',
  'importlib.util.spec_from_file_location': 'importlib.util.spec_from_file_location("x", "x.py")',
  'importlib.import_module': 'importlib.import_module("ast")',
  'builtins.__import__': '__import__("ast")',
};

const PROGRAM = `
import argparse, ast, builtins, decimal, importlib.machinery, importlib.util, io, json, optparse, pydoc, sqlite3, ssl
import subprocess, sys, threading, types, warnings, xml.dom.minidom
import xml.etree.ElementTree as ET
warnings.simplefilter("ignore")
P = argparse.ArgumentParser
for dotted, call, gives, leads in json.loads(sys.argv[1]):
    made = eval(call)
    first = made[0] if leads and type(made) is tuple and len(made) == 2 else made
    if leads and first is made or not isinstance(first, pydoc.locate(gives)):
        print(dotted, type(made))
`;

describe('what the library makes', () => {
  test('each maker is asked', () => expect(Object.keys(CALLS).sort()).toEqual([...MAKERS.keys()].sort()));

  const asked = [...MAKERS].map(([dotted, { gives, leads }]) => [dotted, CALLS[dotted], gives, leads]);
  test.each(findInterpreters().filter(({ version }) => version[1] >= 8))('$executable', ({ executable }) => {
    expect(
      execFileSync(executable, ['-c', PROGRAM, JSON.stringify(asked)], { encoding: 'utf8' }).trim(),
    ).toBe('');
  });
});

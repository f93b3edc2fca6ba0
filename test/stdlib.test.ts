// The standard library of the installed Python as a corpus: whatever slotify proposes there must hold in real Python.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Proof, prove } from '../src/prove/prove.js';

/** Modules that do nothing when they are imported but define things. */
const HARMLESS = (
  'argparse bdb calendar cgitb configparser csv dataclasses difflib dis doctest email.feedparser email.header ' +
  'email.parser fractions gettext graphlib gzip html.parser http.cookies http.cookiejar json.decoder mimetypes ' +
  'netrc optparse pickletools plistlib pprint pstats reprlib rlcompleter sched shlex statistics string symtable ' +
  'tarfile textwrap timeit tokenize trace urllib.parse urllib.robotparser xml.dom.minidom xml.sax.saxutils zipfile'
).split(' ');

/** Folders that are tests or not part of the library. */
const LEFT_OUT = /(^|\/)(test|tests|idle_test|site-packages|__pycache__|lib-dynload|config-[^/]*)$/;

let temp: string;
let proof: Proof;

beforeAll(async () => {
  temp = realpathSync(mkdtempSync(join(tmpdir(), 'slotify-stdlib-')));
  const [folder, version] = askPython();
  const copy = join(temp, 'library');
  cpSync(folder, copy, {
    recursive: true,
    filter: from => !LEFT_OUT.test(relative(folder, from)),
  });
  proof = await prove(copy, { pythons: ['python3'], imports: HARMLESS, targetVersion: version });
}, 240_000);

afterAll(() => rmSync(temp, { recursive: true, force: true }));

/** Where the standard library lies, and the version as `3.11`. */
function askPython(): [string, string] {
  const code =
    'import sys, sysconfig; print(sysconfig.get_path("stdlib")); print("%d.%d" % sys.version_info[:2])';
  const [folder, version] = execFileSync('python3', ['-c', code], { encoding: 'utf8' }).split('\n');
  return [realpathSync(folder!), version!];
}

const faultsOf = (...kinds: readonly string[]): readonly string[] =>
  proof.faults.filter(f => kinds.includes(f.kind)).map(f => `${f.where}: ${f.detail}`);

describe('the standard library, rewritten', () => {
  it('is a corpus worth the name', () => {
    expect(proof.files).toBeGreaterThan(300);
    expect(proof.classes).toBeGreaterThan(1500);
    expect(proof.rewritten).toBeGreaterThan(100);
  });

  it('compiles wherever the original did', () => {
    expect(faultsOf('does not compile')).toEqual([]);
    expect(proof.compiled).toEqual([proof.changed]);
  });

  it('has the same syntax tree but for slots', () => {
    expect(faultsOf('tree differs', 'not proven')).toEqual([]);
  });

  it('binds no slot in the body of its class, and names none twice', () => {
    expect(faultsOf('bad slots')).toEqual([]);
  });

  it('is left as it is by a second run', () => {
    expect(faultsOf('not stable')).toEqual([]);
  });

  it('comes as a diff that git applies and takes back', () => {
    expect(faultsOf('bad diff', 'wrong bytes')).toEqual([]);
  });

  it('is imported as before, with instances that have no dict', () => {
    expect(
      faultsOf('import differs', 'class is gone', 'has no slots', 'keeps its dict', 'other weakref'),
    ).toEqual([]);
    expect(proof.imported).toBeGreaterThanOrEqual(20);
  });

  it('has the slots that were planned, and instances of that size', () => {
    expect(faultsOf('other slots', 'other size')).toEqual([]);
    expect(proof.compared).toBeGreaterThanOrEqual(proof.imported);
  });

  it('has no other faults', () => {
    expect(proof.faults).toEqual([]);
  });
});

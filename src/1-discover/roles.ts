// Which files may be rewritten and which are only read.
import picomatch from 'picomatch';
import type { Config } from '../model/config.js';
import type { Role } from '../model/source.js';

const TEST_FILE = /^(?:test_.*|.*_test|conftest)\.pyw?$/;
const TEST_FOLDERS: ReadonlySet<string> = new Set(['test', 'tests', 'testing']);

/** True for `test_*.py`, `*_test.py`, `conftest.py` and everything below a folder named test, tests or testing. */
export function isTestLike(projectPath: string): boolean {
  const folders = projectPath.split('/');
  const base = folders.pop() ?? '';
  return TEST_FILE.test(base) || folders.some(folder => TEST_FOLDERS.has(folder));
}

/** True for stubs (PEP 484): they describe code and are never run. */
export function isStub(projectPath: string): boolean {
  return projectPath.endsWith('.pyi');
}

/**
 * The role of a file that lies under the paths given, by its project path.
 *
 * A file that `exclude` matches, or that a non-empty `include` does not, is not rewritten but still read: what
 * it does to instances counts. Stubs are never rewritten.
 */
export function roleBy(
  config: Pick<Config, 'include' | 'exclude' | 'includeTests'>,
): (projectPath: string) => Role {
  const included = globs(config.include);
  const excluded = globs(config.exclude);
  return path => {
    if (isStub(path) || excluded(path)) return 'evidence';
    if (config.include.length > 0 && !included(path)) return 'evidence';
    return isTestLike(path) && !config.includeTests ? 'evidence' : 'target';
  };
}

/**
 * One predicate over project paths from globs. A glob matches a file or a folder with all that is below it; one
 * without a slash is held against each single name on the path (`migrations`, `*_pb2.py`), one with a slash
 * against the path from the root.
 */
export function globs(patterns: readonly string[]): (projectPath: string) => boolean {
  const tests = patterns.map(pattern => {
    const glob = pattern.replace(/^\.\//, '').replace(/\/+$/, '');
    const matches = picomatch(glob.replace(/^\//, ''), { dot: true });
    return glob.includes('/')
      ? (path: string) => prefixes(path).some(prefix => matches(prefix))
      : (path: string) => path.split('/').some(name => matches(name));
  });
  return path => tests.some(test => test(path));
}

/** `a`, `a/b`, `a/b/c.py` for `a/b/c.py`. */
function prefixes(path: string): string[] {
  const parts = path.split('/');
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'));
}

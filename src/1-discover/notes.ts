// What a user should know about paths that gave less than they may expect.
import type { Given } from './arguments.js';
import type { Links } from './links.js';
import { isWithin, shown } from './paths.js';
import type { Wanted } from './read.js';
import { isStub, isTestLike } from './roles.js';
import type { Project } from './root.js';

/** One sentence for each given path, or kind of path, that is not rewritten, with what to do. */
export function argumentNotes(
  given: Given,
  wanted: readonly Wanted[],
  project: Project,
  cwd: string,
): readonly string[] {
  const notes = given.folders.flatMap(folder => folderNote(folder, wanted, cwd));
  const files = new Set(given.files);
  const kept = wanted.filter(each => files.has(each.file) && each.role !== 'target');
  const tests = kept.filter(each => isTestLike(each.path) && !isStub(each.path));
  if (tests.length > 0) {
    notes.push(`${list(tests)}: tests are read, not rewritten. Give --include-tests to rewrite them.`);
  }
  const stubs = kept.filter(each => isStub(each.path));
  if (stubs.length > 0) notes.push(`${list(stubs)}: stubs are read, not rewritten.`);
  if (project.evidence === null) {
    notes.push(
      `${project.root} is not a project, so only the given files are read. Add a pyproject.toml if other files use them.`,
    );
  }
  return notes;
}

/** One sentence for each file that a symbolic link keeps from being rewritten, and for each link that leads out of the
 *  project: there stands code from elsewhere, as in an installed package. */
export function linkNotes(links: Links, wanted: readonly Wanted[], cwd: string): readonly string[] {
  const strays = [...links.strays].map(
    ([link, target]) =>
      `${shown(cwd, link)} leads out of the project, to ${target}, and is not read. Name that file under evidence to have it read.`,
  );
  const doubles = wanted.flatMap(({ file }) => {
    const link = links.targets.get(file);
    if (link === undefined) return [];
    return [
      `${shown(cwd, file)} is not rewritten: the symbolic link ${shown(cwd, link)} makes it two modules.`,
    ];
  });
  return [...strays, ...doubles];
}

function folderNote(folder: string, wanted: readonly Wanted[], cwd: string): string[] {
  const inside = wanted.filter(each => isWithin(folder, each.file));
  if (inside.length === 0) return [`No Python files under ${shown(cwd, folder)}.`];
  const onlyTests = inside.every(each => each.role === 'evidence' && isTestLike(each.path));
  return onlyTests
    ? [
        `Only tests under ${shown(cwd, folder)}: they are read, not rewritten. Give --include-tests to rewrite them.`,
      ]
    : [];
}

/** `a.py`, `a.py and 3 more`. */
function list(files: readonly Wanted[]): string {
  const first = files[0]?.path ?? '';
  return files.length === 1 ? first : `${first} and ${files.length - 1} more`;
}

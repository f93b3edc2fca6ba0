// Stage 1: paths given by the user -> every Python source of the project, with its role and module name.
import { realpathSync } from 'node:fs';
import * as path from 'node:path';
import type { Config } from '../model/config.js';
import type { Discovery, Role, Unreadable } from '../model/source.js';
import { findArguments, type Given } from './arguments.js';
import { assertReadable, type Budget, evidenceBudget } from './bounds.js';
import { followLinks, type Links } from './links.js';
import { isPackageFile, moduleNames } from './modules.js';
import { isNotebook, readNotebook } from './notebook.js';
import { argumentNotes, linkNotes } from './notes.js';
import { inOrder, isPython, isWithin, projectPath } from './paths.js';
import { readProse } from './prose.js';
import { failure, isPythonScript, mapBounded, readSource, type Wanted } from './read.js';
import { roleBy } from './roles.js';
import { hasInitFile, type Project, projectRoot } from './root.js';
import { walk } from './walk.js';

export { inMemory } from './in-memory.js';

/** Files being read at once: enough to keep a disk busy, far below the limit of open files. */
const AT_ONCE = 32;

/**
 * Reads the project around the paths given.
 *
 * Targets are the `.py` and `.pyw` files under these paths that `include`, `exclude` and the rule for tests
 * leave (see `roleBy`); all other Python of the project is evidence: the rest of the project, stubs, executable
 * scripts without suffix, symbolic links and what they point to, text files with examples, and everything under `config.evidence`. A file that `exclude` matches is still
 * evidence; what .gitignore or the default excludes hide is not read at all, unless it is given by name.
 * @param config paths relative to `config.cwd`.
 * @returns sources in path order. Nothing is thrown for a file: what cannot be read is in `unreadable`. Throws TooMuch
 * where `config.evidence` names more than can be read.
 */
export async function discover(config: Config): Promise<Discovery> {
  const cwd = realpathSync(config.cwd);
  const given = await findArguments(config.paths, cwd);
  const project = projectOf(given, cwd);
  const further = config.evidence.length > 0 ? await findArguments(config.evidence, cwd) : NONE;
  const found = await findFiles(given, further, project);
  const links = followLinks(
    [...found.links, ...given.links, ...further.links],
    [project.root, ...given.folders, ...further.folders, ...further.files],
  );

  const wanted = assign(found, given, further, links, project, config);
  const results = await mapBounded(wanted, AT_ONCE, readSource);
  const beside = await mapBounded(found.prose, AT_ONCE, file =>
    isNotebook(file) ? readNotebook(file, project.root) : readProse(file, project.root),
  );
  const all = [...results, ...beside.filter(result => result !== null)];
  const unread = all.flatMap(result => (result.kind === 'unreadable' ? [result.unreadable] : []));
  return {
    root: project.root,
    sources: all
      .flatMap(result => (result.kind === 'source' ? [result.source] : []))
      .sort((a, b) => inOrder(a.path, b.path)),
    unreadable: [...given.unreadable, ...further.unreadable, ...found.closed, ...unread].sort((a, b) =>
      inOrder(a.path, b.path),
    ),
    notes: [...given.notes, ...argumentNotes(given, wanted, project, cwd), ...linkNotes(links, wanted, cwd)],
  };
}

const NONE: Given = { files: [], links: [], folders: [], unreadable: [], notes: [] };

function projectOf(given: Given, cwd: string): Project {
  const ofFiles = [...given.files, ...given.links].map(file => path.dirname(file));
  return projectRoot([...given.folders, ...ofFiles], cwd, given.folders);
}

interface FilesFound {
  /** Python below the folders given, and in the rest of the project; absolute. */
  readonly inside: readonly string[];
  readonly outside: readonly string[];
  readonly links: readonly string[];
  /** Text files and notebooks that may hold examples. */
  readonly prose: readonly string[];
  readonly closed: readonly Unreadable[];
}

async function findFiles(given: Given, further: Given, project: Project): Promise<FilesFound> {
  const seen = new Set<string>();
  const closed: Unreadable[] = [];
  const links: string[] = [];
  const prose: string[] = [];
  const below = async (
    folder: string,
    role: Role,
    budget: Budget | null = null,
  ): Promise<readonly string[]> => {
    const walked = await walk(folder, seen, budget);
    links.push(...walked.links);
    prose.push(...walked.prose);
    for (const { folder, code } of walked.closed) closed.push(closedFolder(project.root, folder, role, code));
    const areScripts = await mapBounded(walked.bare, AT_ONCE, file => isPythonScript(file, true));
    return [...walked.files, ...walked.bare.filter((_, i) => areScripts[i])];
  };

  const inside: string[] = [];
  for (const folder of given.folders) inside.push(...(await below(folder, 'target')));
  const outside = project.evidence === null ? [] : [...(await below(project.evidence, 'evidence'))];
  const budget = evidenceBudget();
  for (const folder of further.folders) {
    const known = prose.length;
    const files = await below(folder, 'evidence', budget);
    await assertReadable([...files, ...prose.slice(known)]);
    outside.push(...files);
  }
  outside.push(...further.files);
  return { inside, outside, links, prose, closed };
}

function closedFolder(root: string, folder: string, role: Role, code: string): Unreadable {
  return {
    path: projectPath(root, folder),
    role,
    module: '',
    isPackage: false,
    problem: failure(code, folder),
    words: [],
    harmless: false,
  };
}

/** What is read, in path order, each with its role and name. */
function assign(
  found: FilesFound,
  given: Given,
  further: Given,
  links: Links,
  project: Project,
  config: Config,
): readonly Wanted[] {
  const roleOf = roleBy(config);
  const roles = new Map<string, Role>();
  for (const file of found.outside) roles.set(file, 'evidence');
  for (const file of found.inside) {
    roles.set(file, isPython(file) ? roleOf(projectPath(project.root, file)) : 'evidence');
  }
  for (const file of given.files) roles.set(file, roleOf(projectPath(project.root, file)));
  const onlyRead = [...further.folders, ...further.files];
  for (const file of roles.keys())
    if (onlyRead.some(each => isWithin(each, file))) roles.set(file, 'evidence');
  for (const file of links.targets.keys()) if (roles.has(file)) roles.set(file, 'evidence');
  for (const link of links.usable) roles.set(link, 'evidence');

  const hasInit = remembered(folder => hasInitFile(path.join(project.root, folder)));
  const wanted = [...roles].map(([file, role]): Wanted => {
    const own = projectPath(project.root, file);
    return { path: own, file, role, module: moduleNames(own, hasInit)[0], isPackage: isPackageFile(own) };
  });
  return wanted.sort((a, b) => inOrder(a.path, b.path));
}

/** The same function, asking once for each key. */
function remembered(ask: (key: string) => boolean): (key: string) => boolean {
  const answers = new Map<string, boolean>();
  return key => {
    const answer = answers.get(key) ?? ask(key);
    answers.set(key, answer);
    return answer;
  };
}

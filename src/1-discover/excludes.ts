// Folders that hold no source of the project: environments, build output, caches.

/** Never source, whatever is in them. */
const NEVER: ReadonlySet<string> = new Set([
  '__pycache__',
  'node_modules',
  'site-packages',
  'dist-packages',
  '__pypackages__',
]);
/** Output or environments by custom (the defaults of ruff and black), unless the folder is a package:
 *  `build/__init__.py` is source, and `env` a usual package name. */
const BY_CUSTOM: ReadonlySet<string> = new Set([
  'build',
  'dist',
  '_build',
  'buck-out',
  'env',
  'venv',
  'virtualenv',
]);

/** Whether a folder below a given one is skipped by its name alone: hidden folders and the like. */
export function isSkippedName(name: string): boolean {
  return name.startsWith('.') || NEVER.has(name) || name.endsWith('.egg-info') || name.endsWith('.dist-info');
}

/** Whether a folder below a given one is skipped, by its name and the names of its entries. */
export function isSkippedFolder(name: string, entries: ReadonlySet<string>): boolean {
  if (entries.has('pyvenv.cfg') || entries.has('conda-meta')) return true;
  return BY_CUSTOM.has(name) && !entries.has('__init__.py');
}

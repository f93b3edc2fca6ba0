// A discovery made from texts instead of files: for tests, editors and other programs.
import type { Discovery, Role, Source } from '../model/source.js';
import { isPackageFile, moduleNames } from './modules.js';
import { inOrder } from './paths.js';
import { isStub, isTestLike } from './roles.js';

export interface MemoryFile {
  /** Path from an imagined root, `/` between folders. */
  readonly path: string;
  readonly text: string;
  /** Left out, it is what it would be on disk with default settings: tests and stubs are evidence. */
  readonly role?: Role;
}

/** The same as `discover`, over texts. The root is `/`, every file is UTF-8, module names follow the same rules. */
export function inMemory(files: readonly MemoryFile[]): Discovery {
  const paths = new Set(files.map(file => file.path));
  const hasInit = (folder: string) => {
    const prefix = folder === '' ? '' : `${folder}/`;
    return paths.has(`${prefix}__init__.py`) || paths.has(`${prefix}__init__.pyi`);
  };
  const sources = files.map((file): Source => {
    const bom = file.text.startsWith('\ufeff');
    return {
      path: file.path,
      file: file.path,
      role: file.role ?? (isTestLike(file.path) || isStub(file.path) ? 'evidence' : 'target'),
      module: moduleNames(file.path, hasInit)[0],
      isPackage: isPackageFile(file.path),
      isStub: isStub(file.path),
      text: bom ? file.text.slice(1) : file.text,
      coding: { name: 'utf-8', bom },
    };
  });
  return {
    root: '/',
    sources: sources.toSorted((a, b) => inOrder(a.path, b.path)),
    unreadable: [],
    notes: [],
  };
}

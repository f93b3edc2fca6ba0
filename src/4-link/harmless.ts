// Decorators of libraries that give back the class they are given as it is.
import { ofZope } from './flow/externals.js';

/** Decorators outside the world that return the class they are given and leave its instances alone. */
export const HARMLESS: ReadonlySet<string> = new Set([
  'typing.final',
  'typing.runtime_checkable',
  'typing.type_check_only',
  'typing.dataclass_transform',
  'typing_extensions.final',
  'typing_extensions.runtime_checkable',
  'typing_extensions.runtime',
  'typing_extensions.deprecated',
  'typing_extensions.dataclass_transform',
  'typing_extensions.disjoint_base',
  'warnings.deprecated',
  'functools.total_ordering',
  'enum.unique',
  'mypy_extensions.trait',
  'mypy_extensions.mypyc_attr',
  // they store on the class what it implements; instances find it there (zope/interface/declarations.py)
  ...ofZope('implementer', 'implementer_only', 'provider', 'named'),
  // they put methods on the class that ask instances for the names of the parameters of __init__ (rich/repr.py)
  'rich.repr.auto',
  'rich.repr.rich_repr',
  // it puts the name of the class into the __all__ of its module (public/public.py of atpublic)
  'public.public',
]);

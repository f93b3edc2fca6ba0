// What import statements take from where.
import { F, K, type KindName } from '../../2-parse/kinds.js';
import { childBy, children, textOf } from '../../2-parse/tree.js';
import type { ActsOfNode, Draft } from './draft.js';

export const imports = {
  import_statement: importStatement,
  import_from_statement: importStatement,
} satisfies Partial<Record<KindName, ActsOfNode>>;

/** The text of a dotted name, which may be written with blanks and over several lines. */
const dottedText = (d: Draft, node: number): string => textOf(d.t, node).replace(/\s|\\/g, '');

function importStatement(d: Draft, node: number): void {
  const { t, s } = d;
  const scope = s.scopeOf[node]!;
  const isFrom = t.kind[node] === K.import_from_statement;
  const from = isFrom ? dottedText(d, childBy(t, node, F.module_name)) : '';
  const level = /^\.*/.exec(from)![0].length;
  const module = from.slice(level);
  for (const c of children(t, node)) {
    const at = t.start[c]!;
    if (t.kind[c] === K.wildcard_import) {
      d.imports.push({ module, level, name: '*', variable: -1, bindsRoot: false, scope, at });
      if (s.scopes[scope]!.kind === 'class') d.dynamicBodies.set(scope, at);
      continue;
    }
    if (t.field[c] !== F.name) continue;
    const alias = childBy(t, c, F.alias);
    const dotted = dottedText(d, alias >= 0 ? childBy(t, c, F.name) : c);
    const bound = alias >= 0 ? textOf(t, alias) : dotted.split('.')[0]!;
    d.imports.push({
      module: isFrom ? module : dotted,
      level,
      name: isFrom ? dotted : null,
      variable: s.binding(scope, bound),
      bindsRoot: !isFrom && alias < 0 && dotted.includes('.'),
      scope,
      at,
    });
  }
}

// Facts of classes and functions, put together from what their scopes and values say.
import { F, K } from '../2-parse/kinds.js';
import { childBy, children, firstChild, type Tree, textOf } from '../2-parse/tree.js';
import type { Span } from '../model/anchor.js';
import type { ClassFact, FunctionFact, MemberFact } from '../model/definitions.js';
import { ACT_WIDTH, Act, Op, VALUE_WIDTH } from '../model/facts.js';
import { addTo } from '../model/grouping.js';
import { anchorOf } from './anchors.js';
import type { Lowered } from './lower/lower.js';
import type { Scoping } from './names/scopes.js';

/** Names around a definition, outermost first, joined by dots. */
function qualname(t: Tree, node: number): string {
  const parts: string[] = [];
  for (let n = node; n >= 0; n = t.parent[n]!) {
    if (t.kind[n] !== K.class_definition && t.kind[n] !== K.function_definition) continue;
    const name = childBy(t, n, F.name);
    if (name >= 0) parts.push(textOf(t, name));
  }
  return parts.reverse().join('.');
}

function decoratorsOf(t: Tree, node: number, low: Lowered): { value: number; span: Span }[] {
  const parent = t.parent[node]!;
  if (parent < 0 || t.kind[parent] !== K.decorated_definition) return [];
  return [...children(t, parent)]
    .filter(c => t.kind[c] === K.decorator)
    .map(c => firstChild(t, c))
    .filter(c => c >= 0 && low.nodeValues[c]! >= 0)
    .map(c => ({ value: low.nodeValues[c]!, span: { start: t.start[c]!, end: t.end[c]! } }));
}

/** `from __future__ import annotations`: every annotation is a string at run time (PEP 563). */
function postponesAnnotations(t: Tree): boolean {
  for (let node = 0; node < t.count; node++)
    if (t.kind[node] === K.future_import_statement && /\bannotations\b/.test(textOf(t, node))) return true;
  return false;
}

/** Where class bodies say what only type checkers read: the arms of `if TYPE_CHECKING:`, as offsets. */
function typingArms(t: Tree): readonly Span[] {
  const found: Span[] = [];
  for (let node = 0; node < t.count; node++) {
    if (t.kind[node] !== K.if_statement) continue;
    if (!/^(\w+\.)?TYPE_CHECKING$/.test(textOf(t, childBy(t, node, F.condition)))) continue;
    const block = t.parent[node]!;
    const arm = childBy(t, node, F.consequence);
    if (arm >= 0 && t.kind[t.parent[block]!] === K.class_definition)
      found.push({ start: t.start[arm]!, end: t.end[arm]! });
  }
  return found;
}

/** What each class body binds, in order, by class scope. */
export function membersByScope(t: Tree, s: Scoping, low: Lowered): Map<number, MemberFact[]> {
  const members = new Map<number, MemberFact[]>();
  const arms = typingArms(t);
  const isTyping = (at: number): boolean => arms.some(arm => arm.start <= at && at < arm.end);
  const kindOf = (value: number): MemberFact['kind'] => {
    const op = low.values[value * VALUE_WIDTH];
    if (op === Op.Class) return 'class';
    return op === Op.Func ? 'function' : 'assign';
  };
  const postponed = postponesAnnotations(t);
  for (let row = 0; row < low.acts.length; row += ACT_WIDTH) {
    const act = low.acts[row]!;
    if (act !== Act.Bind && act !== Act.Unbind && act !== Act.Annotate) continue;
    const variable = s.variables[low.acts[row + 1]!]!;
    if (s.scopes[variable.scope]!.kind !== 'class') continue;
    const value = low.acts[row + 2]!;
    const at = low.acts[row + 4]!;
    addTo(members, variable.scope, {
      name: variable.name,
      kind: act === Act.Bind ? kindOf(value) : act === Act.Unbind ? 'other' : 'annotation',
      value: act === Act.Bind ? value : -1,
      annotation: act === Act.Annotate ? value : -1,
      isText: act === Act.Annotate && (low.acts[row + 3] === 1 || postponed),
      isTyping: isTyping(at),
      at,
    });
  }
  for (const i of low.imports) {
    if (i.variable < 0) continue;
    const variable = s.variables[i.variable]!;
    if (s.scopes[variable.scope]!.kind === 'class')
      addTo(members, variable.scope, {
        name: variable.name,
        kind: 'import',
        value: -1,
        annotation: -1,
        isText: false,
        isTyping: isTyping(i.at),
        at: i.at,
      });
  }
  return members;
}

/** What a def or lambda says. */
export function functionFact(t: Tree, s: Scoping, low: Lowered, node: number): FunctionFact {
  const isLambda = t.kind[node] === K.lambda;
  const name = isLambda ? -1 : childBy(t, node, F.name);
  const outer = s.scopes[s.scopeOf[node]!]!;
  const returns = isLambda ? -1 : childBy(t, node, F.return_type);
  const body = childBy(t, node, F.body);
  return {
    name: isLambda ? '<lambda>' : textOf(t, name),
    qualname: isLambda ? '<lambda>' : qualname(t, node),
    isLambda,
    isAsync: !isLambda && /^async\b/.test(t.text.slice(t.start[node], t.start[node]! + 6)),
    isGenerator: low.generators.has(node),
    cls: !isLambda && outer.kind === 'class' ? outer.owner : -1,
    scope: s.opens.get(node)!,
    parameters: low.parameters.get(node) ?? [],
    decorators: decoratorsOf(t, node, low).map(d => d.value),
    returns: returns >= 0 ? low.nodeValues[returns]! : -1,
    at: isLambda ? t.start[node]! : t.start[name]!,
    body: t.start[isLambda ? body : firstChild(t, body)] ?? t.end[node]!,
    end: t.end[node]!,
  };
}

/** What a class statement says. `members`: what each class scope binds. */
export function classFact(
  t: Tree,
  s: Scoping,
  low: Lowered,
  node: number,
  members: ReadonlyMap<number, MemberFact[]>,
): ClassFact {
  const name = childBy(t, node, F.name);
  const scope = s.opens.get(node)!;
  const bases: { value: number; star: boolean }[] = [];
  const keywords: { name: string; value: number }[] = [];
  let splatsKeywords = false;
  const superclasses = childBy(t, node, F.superclasses);
  if (superclasses >= 0) {
    for (const c of children(t, superclasses)) {
      if (t.kind[c] === K.keyword_argument) {
        const value = low.nodeValues[childBy(t, c, F.value)] ?? -1;
        keywords.push({ name: textOf(t, childBy(t, c, F.name)), value });
      } else if (t.kind[c] === K.dictionary_splat) splatsKeywords = true;
      else if (t.kind[c] === K.list_splat)
        bases.push({ value: low.nodeValues[firstChild(t, c)] ?? -1, star: true });
      else bases.push({ value: low.nodeValues[c] ?? -1, star: false });
    }
  }
  const anchor = anchorOf(t, node);
  return {
    name: textOf(t, name),
    qualname: qualname(t, node),
    at: t.start[name]!,
    end: t.end[node]!,
    anchor: anchor ?? {
      keyword: t.start[node]!,
      colon: t.end[name]!,
      inline: true,
      first: { start: t.end[node]!, end: t.end[node]! },
      docstring: null,
      next: null,
      nextKind: null,
    },
    scope,
    variable: s.binding(s.scopeOf[node]!, textOf(t, name)),
    bases,
    keywords,
    splatsKeywords,
    decorators: decoratorsOf(t, node, low),
    members: [...(members.get(scope) ?? [])].sort((a, b) => a.at - b.at),
    dynamicBody: low.dynamicBodies.get(scope) ?? -1,
  };
}

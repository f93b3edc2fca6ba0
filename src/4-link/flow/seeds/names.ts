// What names stand for that are imported or not bound in their file.
import type { ImportFact } from '../../../model/definitions.js';
import { Op } from '../../../model/facts.js';
import type { WorldFile } from '../../../model/world.js';
import { opAt } from '../../index-file.js';
import type { Meaning } from '../../resolve.js';
import { loadedAs, onExternal, unboundAs, unboundIn } from '../kept.js';
import type { Members } from '../members.js';
import type { Flow } from '../state.js';
import { type Token, UNKNOWN } from '../tokens.js';

/** What statements that define a name bind it to. */
const DEFINED: ReadonlySet<Op> = new Set([Op.Func, Op.Class]);

/** What an object in the place of a package may have under the name of a submodule. */
const IN_WORLD: ReadonlySet<Token['kind']> = new Set(['class', 'instance', 'function', 'bound', 'module']);

/** Lets what the imports and the unbound names of a file stand for flow into their variables. */
export function seedNames(flow: Flow, members: Members, file: WorldFile): void {
  const { graph, resolver, tokens } = flow;
  for (const fact of file.facts.imports) {
    if (fact.variable < 0) continue;
    const variable = flow.variableNode(file, fact.variable);
    for (const m of resolver.imported(file, fact)) members.meaning(m, variable);
    if (fact.name === null) continue;
    // a name of another module is whatever that module binds to it, now and later
    for (const m of resolver.imported(file, { ...fact, name: null, bindsRoot: false })) {
      const isSubmodule = m.kind === 'module' && flow.isSubmodule(m.file, fact.name);
      if (m.kind === 'module' || m.kind === 'external') {
        const [instead, given] = [graph.node(), graph.node()];
        flow.kept.read(loadedAs(m), instead);
        graph.listen(instead, id => members.read(id, fact.name!, given, instead));
        if (isSubmodule) graph.filter(given, id => IN_WORLD.has(tokens.get(id).kind));
        graph.edge(given, variable);
      }
      if (m.kind !== 'module') continue;
      const source = resolver.bindings(m.file).moduleNames.get(fact.name);
      if (source !== undefined) graph.edge(flow.variableNode(m.file, source), variable);
      else flow.kept.read(unboundAs(m.file, fact.name), variable);
      if (source === undefined && !isSubmodule) flow.kept.read(unboundIn(m.file), variable);
      if (source === undefined)
        members.read(tokens.id({ kind: 'module', file: m.file }), fact.name, variable, variable);
    }
  }
  const { values, imports, moduleNames } = resolver.bindings(file);
  const isVaried = (m: Meaning): boolean => m.kind === 'value' || m.kind === 'variable';
  const isValue = (fact: ImportFact): boolean => resolver.imported(file, fact).some(isVaried);
  // a store under a computed name may mean any variable of the module: `parser = None`, and later setattr(module, name, v)
  for (const number of moduleNames.values())
    if (values.get(number)?.some(v => !DEFINED.has(opAt(file, v))) || imports.get(number)?.some(isValue))
      flow.kept.read(unboundIn(file), flow.variableNode(file, number));
  file.facts.variables.forEach((v, number) => {
    if (v.bound) return;
    const variable = flow.variableNode(file, number);
    const found = resolver.variable(file, number);
    for (const m of found) members.meaning(m, variable);
    if (!found.length) graph.add(variable, UNKNOWN);
    const isUnknown = found.every(m => m.kind === 'unknown');
    // so may names that `from shop import *` binds
    if (isUnknown || found.some(isVaried)) flow.kept.read(unboundIn(file), variable);
    flow.kept.read(unboundAs(file, v.name), variable);
    if (isUnknown) flow.kept.read(onExternal('builtins', v.name), variable);
    // examples begin with what their module binds
    const shared = file.host && resolver.bindings(file.host).moduleNames.get(v.name);
    if (file.host && shared != null) graph.edge(flow.variableNode(file.host, shared), variable);
  });
}

// The floor of the benchmark: every Python file of a folder parsed by one thread, and nothing else.
import { readFileSync } from 'node:fs';
import { globSync } from 'tinyglobby';
import { loadEngine } from '../2-parse/engine.js';

const engine = await loadEngine();
let since = 0;
for (const file of globSync('**/*.py', { cwd: process.argv[2]!, absolute: true })) {
  const text = readFileSync(file, 'utf8');
  engine.accepts(text);
  since += text.length;
  if (since < 1 << 20) continue;
  since = 0;
  // the parser's memory is only freed when the loop turns
  await new Promise(resolve => setImmediate(resolve));
}

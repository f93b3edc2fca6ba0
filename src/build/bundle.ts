// The last step of `npm run build`: the command line in a few files. To find, read and compile its 250 modules and those
// of its packages takes longer than to judge a file of a hundred lines.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'rolldown';

/** What stays in files of its own: what comes with compiled parts, brings its own worker, or is rarely needed. */
const APART = [/^(web-)?tree-sitter/, 'tinypool', 'iconv-lite'];

const home = new URL('../../../', import.meta.url);
const inHome = (file: string): string => fileURLToPath(new URL(file, home));

/** Puts the licences of the packages in the bundle beside it. */
const licences: Plugin = {
  name: 'licences',
  generateBundle() {
    const homes = [...this.getModuleIds()].map(id => /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0]);
    const texts = [...new Set(homes)].sort().flatMap(home => (home === undefined ? [] : licencesIn(home)));
    this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source: texts.join('\n') });
  },
};

function licencesIn(home: string): string[] {
  const { name, version, license } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'));
  const files = readdirSync(home).filter(file => /^licen[cs]e/i.test(file));
  return [`${name} ${version} (${license})\n`, ...files.map(file => readFileSync(join(home, file), 'utf8'))];
}

await build({
  input: { cli: inHome('src/cli.ts'), worker: inHome('src/3-facts/worker.ts') },
  platform: 'node',
  external: APART,
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  // numbers where tsc leaves names of enums: they are asked for millions of times
  transform: { typescript: { optimizeEnums: true } },
  plugins: [licences],
  output: { dir: inHome('dist/bundle'), cleanDir: true },
});

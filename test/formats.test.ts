// Formats for CI, each read by what reads it in earnest: schemas, an XML parser, a Markdown parser, the runner's rules.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import Ajv04 from 'ajv-draft-04';
import { marked } from 'marked';
import { describe, expect, test } from 'vitest';
import { encode } from '../src/1-discover/decode.js';
import { FORMATS, type Format, render } from '../src/7-report/formats.js';
import schema from '../src/7-report/report.schema.json' with { type: 'json' };
import { statistics, statisticsJson } from '../src/7-report/statistics.js';
import { visible } from '../src/7-report/visible.js';
import { RULES } from '../src/rules/index.js';
import { analyse, type Report } from '../src/slotify.js';

const MODELS = `class Order:
    def __init__(self, number):
        self.number = number
        self.lines = []


class Row:  # slotify: ignore[outside-write]
    def __init__(self, **columns):
        for name in columns:
            setattr(self, name, columns[name])


class Memo:
    def __init__(self):
        self.seen = {}


def show(memo: Memo):
    return vars(memo)
`;
const VIEWS = 'class Maybe:\n    def __init__(self):\n        self.x = 1\n\n\nMaybe()\n';
/** What a path may hold on Linux: markup of every format, and what a CI runner or a terminal would act on. */
const HOSTILE = '::error::a%b,c "<&>|`\x1b[31m\n##[group]x\u202e/v.py';

const small = await analyse([{ path: 'shop/models.py', text: MODELS }]);
const hostile = await analyse([
  { path: HOSTILE, text: VIEWS },
  { path: 'bad.py', text: 'class Broken(:\n' },
  { path: 'shop/models.py', text: MODELS },
]);
const none = await analyse([{ path: 'a.py', text: 'x = 1\n' }]);

const how = {
  show: (path: string) => path,
  all: true,
  written: false,
  encode,
  rules: RULES,
  version: '1.2.3',
};
const rendered = (format: Format, report: Report, more = {}): string =>
  Buffer.from(render(format, report, { ...how, ...more })).toString();

test('concise: one line a finding', () => {
  expect(rendered('concise', small, { all: false })).toBe(
    'shop/models.py:1:7: plain-slots Order can have slots: number, lines; saves about 40 bytes an instance on 3.13\n' +
      'shop/models.py:7:1: idle-comment Ignoring outside-write does nothing: it does not hold for Row. Delete it\n',
  );
  expect(rendered('concise', small).split('\n')[2]).toBe(
    'shop/models.py:13:7: SLT301 Memo has its instance __dict__ read or written (shop/models.py:19: passes it to vars()); to unlock: list the attributes by name instead of through __dict__',
  );
  expect(rendered('concise', small, { written: true })).toContain('Order has slots: number, lines');
  expect(rendered('concise', none)).toBe('');
});

describe('sarif', () => {
  const sarifSchema = JSON.parse(
    readFileSync(new URL('resources/sarif-2.1.0-rtm.5.json', import.meta.url), 'utf8'),
  );
  const validate = new Ajv04.default({ strict: false, validateFormats: false, unicodeRegExp: false }).compile(
    sarifSchema,
  );

  test.each([
    ['nothing', none],
    ['little', small],
    ['hostile names', hostile],
  ])('fits the schema of the standard: %s', (_, report) => {
    const log = JSON.parse(rendered('sarif', report));
    expect(validate(log), JSON.stringify(validate.errors)).toBe(true);
    const [run] = log.runs;
    for (const result of run.results) {
      expect(run.tool.driver.rules[result.ruleIndex].id).toBe(result.ruleId);
      for (const { physicalLocation } of [...result.locations, ...result.relatedLocations])
        expect(() => new URL(physicalLocation.artifactLocation.uri, 'file:///project/')).not.toThrow();
    }
  });

  test('has rules from the rules, and evidence as related locations', () => {
    const [run] = JSON.parse(rendered('sarif', small)).runs;
    const found = run.results.find((each: { ruleId: string }) => each.ruleId === 'SLT301');
    expect(found).toMatchObject({
      level: 'note',
      locations: [{ physicalLocation: { region: { startLine: 13, startColumn: 7 } } }],
      relatedLocations: [
        { message: { text: 'passes it to vars()' }, physicalLocation: { region: { startLine: 19 } } },
      ],
      partialFingerprints: { 'slotifyClass/v1': 'SLT301:shop/models.py:Memo' },
    });
    expect(run.tool.driver.rules[found.ruleIndex].name).toBe('instance-dict');
    expect(run.tool.driver.semanticVersion).toBe('1.2.3');
  });

  test('says that a run with problems did not succeed', () => {
    const [run] = JSON.parse(rendered('sarif', hostile)).runs;
    expect(run.invocations[0]).toMatchObject({ executionSuccessful: false });
    expect(run.invocations[0].toolExecutionNotifications).toHaveLength(1);
    const uri = run.results[0].locations[0].physicalLocation.artifactLocation.uri;
    expect(decodeURIComponent(uri)).toBe(HOSTILE);
  });
});

describe('gitlab', () => {
  // the table of required fields in GitLab's documentation of the format
  const validate = new Ajv().compile({
    type: 'array',
    items: {
      type: 'object',
      required: ['description', 'check_name', 'fingerprint', 'severity', 'location'],
      properties: {
        description: { type: 'string', minLength: 1 },
        check_name: { type: 'string', minLength: 1 },
        fingerprint: { type: 'string', minLength: 1 },
        severity: { enum: ['info', 'minor', 'major', 'critical', 'blocker'] },
        location: {
          type: 'object',
          required: ['path', 'lines'],
          properties: {
            path: { type: 'string', pattern: '^(?!\\./)' },
            lines: {
              type: 'object',
              required: ['begin'],
              properties: { begin: { type: 'integer', minimum: 1 } },
            },
          },
        },
      },
    },
  });

  test.each([none, small, hostile])('has the fields of the format', report => {
    const entries = JSON.parse(rendered('gitlab', report));
    expect(validate(entries), JSON.stringify(validate.errors)).toBe(true);
    const prints = entries.map((each: { fingerprint: string }) => each.fingerprint);
    expect(new Set(prints).size).toBe(prints.length);
  });

  test('keeps fingerprints when lines move', async () => {
    const moved = await analyse([{ path: 'shop/models.py', text: `# more\n\n${MODELS}` }]);
    const prints = (report: Report) =>
      JSON.parse(rendered('gitlab', report)).map((each: { fingerprint: string }) => each.fingerprint);
    expect(prints(moved)).toEqual(prints(small));
  });
});

describe('github', () => {
  /** As the runner takes a line apart (actions/runner, ActionCommand.TryParseV2). */
  const parsed = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map(line => {
        const [, command, properties, data] = /^::(\w+) (.*?)::(.*)$/.exec(line) ?? [];
        const plain = (word: string) =>
          word
            .replaceAll('%0D', '\r')
            .replaceAll('%0A', '\n')
            .replaceAll('%3A', ':')
            .replaceAll('%2C', ',')
            .replaceAll('%25', '%');
        const pairs = (properties ?? '').split(',').map(pair => pair.split('=').map(plain));
        return { command, message: plain(data ?? ''), ...Object.fromEntries(pairs) };
      });

  test('is a command a finding', () => {
    expect(parsed(rendered('github', small, { all: false }))[0]).toEqual({
      command: 'warning',
      message: 'Order can have slots: number, lines; saves about 40 bytes an instance on 3.13',
      file: 'shop/models.py',
      line: '1',
      col: '7',
      title: 'slotify plain-slots',
    });
    expect(rendered('github', none)).toBe('');
  });

  test('no name breaks out of its command', () => {
    const commands = parsed(rendered('github', hostile));
    expect(commands.map(each => each.command)).not.toContain(undefined);
    expect(commands.map(each => each.command)).toContain('error');
    // the one thing that is carried over as it is: the format has a form for newlines
    expect(commands[0]!.file).toBe(visible(HOSTILE).replace('\\n', '\n'));
  });
});

test('junit is XML whose counts are right', () => {
  const script = `
import json, sys
import xml.etree.ElementTree as E
suites = E.fromstring(sys.stdin.buffer.read())
assert suites.tag == "testsuites"
out = []
for suite in suites:
    cases = list(suite)
    kinds = [[child.tag for child in case] for case in cases]
    assert int(suite.get("tests")) == len(cases)
    assert int(suite.get("failures")) == sum("failure" in k for k in kinds)
    assert int(suite.get("errors")) == sum("error" in k for k in kinds)
    assert int(suite.get("skipped")) == sum("skipped" in k for k in kinds)
    out.append([suite.get("name"), [[case.get("classname"), case.get("name"), k] for case, k in zip(cases, kinds)]])
print(json.dumps(out))
`;
  const read = (report: Report) => {
    const done = spawnSync('python3', ['-c', script], { input: rendered('junit', report), encoding: 'utf8' });
    expect(done.stderr).toBe('');
    return JSON.parse(done.stdout);
  };
  expect(read(none)).toEqual([['slotify', []]]);
  expect(read(small)).toEqual([
    [
      'shop/models.py',
      [
        ['shop.models', 'Order', ['failure']],
        ['shop.models', 'Row', ['skipped']],
        ['shop.models', 'Memo', ['skipped']],
        ['shop/models.py', 'idle-comment', ['failure']],
      ],
    ],
  ]);
  expect(read(hostile)[0][0]).toBe(visible(HOSTILE));
});

describe('markdown', () => {
  test('is a summary for people', () => {
    expect(rendered('markdown', small)).toBe(`## slotify

Would slot 1 class in 1 file (python \\>=3.8 from default), estimated 32 to 104 bytes less per instance.

| Class | Place | Slots | Bytes per instance on 3.13 |
| --- | --- | --- | --- |
| \`Order\` | \`shop/models.py:1\` | \`number, lines\` | 88 → 48 |

Bytes are estimated, without the values of the attributes.

### To put right

- \`shop/models.py:7\`: Ignoring outside-write does nothing: it does not hold for Row. Delete it.

<details><summary>2 left alone</summary>

- **computed-store** (SLT202, 1): \`Row\`
  To unlock: spell the names out, or keep the values in a dict attribute.
- **instance-dict** (SLT301, 1): \`Memo\`
  To unlock: list the attributes by name instead of through \\_\\_dict\\_\\_.

</details>
`);
  });

  test('keeps its table whatever names hold', () => {
    const tokens = marked.lexer(rendered('markdown', hostile));
    const table = tokens.find(token => token.type === 'table')!;
    expect(table.rows).toHaveLength(2);
    expect(table.rows.every((row: readonly unknown[]) => row.length === 4)).toBe(true);
    const place = table.rows[0][1].tokens[0];
    expect(place.type).toBe('codespan');
    expect(tokens.filter(token => token.type === 'html').length).toBe(2);
  });

  test('fits a comment however much there is to say', async () => {
    const one = (i: number) => `class C${i}:\n    def __init__(self):\n        self.x${'y'.repeat(60)} = 1\n`;
    const many = await analyse([
      { path: 'm.py', text: Array.from({ length: 600 }, (_, i) => one(i)).join('\n') },
    ]);
    const text = rendered('markdown', many);
    expect(text.length).toBeLessThan(65_536);
    expect(text).toContain('and 500 more.');
  });
});

describe('jsonl', () => {
  test.each([none, small, hostile])('is a record a line, each fitting the schema', report => {
    const recordOf = new Ajv2020({ strict: false })
      .addSchema({ ...schema, $id: 'https://slotify.test/report' })
      .compile({ $ref: 'https://slotify.test/report#/$defs/record' });
    const records = rendered('jsonl', report)
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
    for (const record of records) expect(recordOf(record), JSON.stringify(recordOf.errors)).toBe(true);
    expect(Object.keys(records.at(-1))).toEqual(['summary']);
    expect(records.filter(each => each.class)).toHaveLength(report.decisions.length);
  });
});

describe('no format', () => {
  test.each(FORMATS.filter(format => format !== 'text' && format !== 'diff'))(
    'of %s is obeyed by a terminal or a runner',
    format => {
      const text = rendered(format, hostile);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      expect(text).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/);
      expect(text).not.toMatch(/##\[/);
      if (format !== 'github') expect(text).not.toMatch(/^\s*::/m);
    },
  );

  test.each([
    ['##[group]x', '\\x23#[group]x'],
    ['a ##vso[task.x]', 'a \\x23#vso[task.x]'],
    ['  ::set-output::', '  \\x3a:set-output::'],
    ['a::b # c', 'a::b # c'],
  ])('%j is shown as %j, once and for all', (text, expected) => {
    expect(visible(text)).toBe(expected);
    expect(visible(visible(text))).toBe(expected);
  });
});

test('statistics count each reason of each class', () => {
  expect(statistics(small, RULES).split('\n')).toEqual([
    '1          plain-slots     gets slots',
    '1  SLT202  computed-store  gets attributes under names that are computed',
    '1  SLT301  instance-dict   has its instance __dict__ read or written',
    '',
  ]);
  expect(JSON.parse(statisticsJson(small, RULES))[1]).toMatchObject({ code: 'SLT202', classes: 1 });
  expect(statistics(none, RULES)).toBe('');
});

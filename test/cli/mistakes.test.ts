import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { denscape } from '../helpers/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'denscape-mistakes-'));
const file = (name: string, content: string) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const emptyFolder = join(folder, 'nothing-here');
mkdirSync(emptyFolder);
const good = file('good.csv', 'title,description\nOne,First text\nTwo,Second text\nThree,Third text\n');

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const mistakes: [string, string[], RegExp][] = [
  [
    'no file',
    ['cluster', join(folder, 'absent.csv')],
    /absent\.csv.*(no such file|does not exist|not found)/i,
  ],
  ['a folder without a table', ['cluster', emptyFolder], /a folder, not a file, and no CSV/],
  ['a folder with an empty file', ['cluster', folder], /empty\.csv.*empty/],
  ['an empty file', ['cluster', file('empty.csv', '')], /empty\.csv.*empty/],
  ['a header only', ['cluster', file('header.csv', 'title,description\n')], /header\.csv.*no rows/i],
  [
    'a text column that is blank in every row',
    ['cluster', file('blank.csv', 'id,body,text\n1,One, \n2,Two,\n'), '--text', 'text'],
    /blank\.csv: no text in text: all 2 rows are blank there; the other columns are id, body: choose one with --text$/,
  ],
  [
    'a filter of a collection for a file',
    ['cluster', good, '--milvus', join(folder, 'none.db'), '--filter', 'id > 3'],
    /--filter is for what a collection holds already, and a file is clustered; leave it out$/,
  ],
  [
    'a field to store that is no column of the file',
    ['embed', good, '--milvus', join(folder, 'none.db'), '--fields', 'title,date'],
    /has no column date to store as a field; found title, description$/,
  ],
  [
    'a field for results for a command that fills a collection',
    ['embed', good, '--milvus', join(folder, 'none.db'), '--write-back', 'topic'],
    /--write-back is for what a collection holds already, and embed only fills a collection; leave it out$/,
  ],
  [
    'a folder of Milvus Lite that is not there',
    ['cluster', '--milvus', join(folder, 'absent.db')],
    /there is no folder .*absent\.db of Milvus Lite; check the path/,
  ],
  [
    'a Milvus server without its scheme',
    ['cluster', good, '--milvus', 'localhost'],
    /localhost has no scheme; write http:\/\/localhost/,
  ],
  [
    'names in place of the file of topics',
    ['cluster', good, '--topics', 'Billing,Login'],
    /error: --topics Billing,Login: no such file; expected a file with a topic on each line, as "name: description"$/,
  ],
  [
    'a misspelt file',
    ['cluster', join(folder, 'godd.csv')],
    /godd\.csv: no such file; did you mean ".*good\.csv"\?$/,
  ],
  ['a folder that is not there', ['cluster', `${join(folder, 'absent')}/`], /absent\/: no such folder$/],
  [
    'a misspelt column',
    ['cluster', good, '--text', 'descripton'],
    /found title, description; did you mean "description"\?$/,
  ],
  [
    'a misspelt field to store',
    ['embed', good, '--milvus', join(folder, 'none.db'), '--fields', 'titel'],
    /no column titel to store as a field; found title, description; did you mean "title"\?$/,
  ],
  [
    'a run that is not there',
    ['open', join(folder, 'nowhere')],
    /nowhere does not exist; name the folder that denscape cluster wrote/,
  ],
  [
    'a folder that is no run',
    ['open', emptyFolder],
    /nothing-here holds no run: there is no run\.json in it; name the folder/,
  ],
  ['a column that is not there', ['cluster', good, '--text', 'body'], /"?body"?.*title, description/],
  [
    'a column to compare that is not there',
    ['cluster', good, '--group-by', 'quarter'],
    /has no column quarter; found title, description$/,
  ],
  [
    'a column of dates that is not there',
    ['cluster', good, '--time', 'titel'],
    /has no column titel; found title, description; did you mean "title"\?$/,
  ],
  [
    'a column of dates without dates',
    ['cluster', good, '--time', 'title'],
    /column title holds no dates; --time needs a column of dates$/,
  ],
  [
    'an unknown model',
    ['cluster', good, '--model', 'no-such-model', '--offline'],
    /--model "no-such-model" is not known/,
  ],
  [
    'an unknown option',
    ['cluster', good, '--colour', 'red'],
    /^error: unknown option '--colour' \(denscape cluster --help\)$/,
  ],
  [
    'an option with a slip',
    ['cluster', good, '--modle', 'minilm'],
    /^error: unknown option '--modle'; did you mean --model\? \(denscape cluster --help\)$/,
  ],
  [
    'an option without its value',
    ['cluster', good, '--model'],
    /^error: option '--model <name>' argument missing \(denscape cluster --help\)$/,
  ],
  [
    'a command without its argument',
    ['compare', good],
    /^error: missing required argument 'second'; usage: denscape compare \[options\] <first> <second>$/,
  ],
  [
    'an argument too many',
    ['models', 'fetch', 'minilm', 'bge-m3'],
    /^error: too many arguments for 'fetch'. Expected 1 argument but got 2; usage: denscape models fetch \[options\] <name>$/,
  ],
  [
    'clusters of one',
    ['cluster', good, '--min-cluster-size', '1'],
    /--min-cluster-size must be a whole number of at least 2; got 1/,
  ],
  [
    'no neighbours',
    ['cluster', good, '--neighbors', '0'],
    /--neighbors must be a whole number of at least 1; got 0/,
  ],
  [
    'a number that is none',
    ['cluster', good, '--neighbors', 'many'],
    /--neighbors must be a number; got "many"/,
  ],
  [
    'points too far apart',
    ['cluster', good, '--min-dist', '5'],
    /--min-dist must be a number from 0 up to --spread \(1\); got 5$/,
  ],
  [
    'a language by its name',
    ['cluster', good, '--language', 'english'],
    /--language must be an ISO 639 code .*; got "english"$/,
  ],
  [
    'too many pushes',
    ['cluster', good, '--negative-sample-rate', '5000'],
    /--negative-sample-rate must be .* from 0 to 1000; got 5000$/,
  ],
  [
    'an output folder that is a file',
    ['cluster', good, '--out', good],
    /good\.csv: a part of the path is a file, .*--out/,
  ],
  [
    'an output folder below a file',
    ['cluster', good, '--out', join(good, 'x')],
    /x: a part of the path is a file, .*--out/,
  ],
  [
    'an output that would replace the input',
    ['cluster', file('clusters.csv', 'text\none\ntwo\n'), '--out', folder],
    /clusters\.csv is the input and would be replaced; .*--out/,
  ],
  [
    'squares of a reduced space',
    ['cluster', good, '--squared', '--space', 'reduced'],
    /--squared can't be used with --space reduced/,
  ],
  [
    'an endpoint that is no address',
    ['cluster', good, '--name-with', 'x', '--name-url', 'nowhere'],
    /--name-url must be an http or https address .*; got "nowhere"$/,
  ],
  [
    'a naming model without its endpoint',
    ['cluster', good, '--name-with', 'x'],
    /--name-url must be given with --name-with$/,
  ],
  ['a token without an address', ['cluster', good, '--token', 'x'], /--milvus must be given with --token$/],
  [
    'more topics than rows',
    ['cluster', good, '--clusters', '9'],
    /--clusters must be at most the number of rows with text, 3; got 9$/,
  ],
  [
    'two tokens a text',
    ['cluster', good, '--max-tokens', '1'],
    /--max-tokens must be a whole number of at least 3; got 1$/,
  ],
  [
    'a cache folder that is a file',
    ['cluster', good, '--cache', good],
    /--cache must be a folder; got ".*good\.csv", and .*good\.csv is a file$/,
  ],
  [
    'a folder for names that is a file',
    ['cluster', good, '--name-with', 'x', '--name-url', 'http://127.0.0.1:9', '--name-cache', good],
    /--name-cache must be a folder; got ".*good\.csv", and .*good\.csv is a file$/,
  ],
  [
    'a choice that there is not',
    ['cluster', good, '--space', 'outer'],
    /--space must be one of auto, raw, reduced; got "outer"$/,
  ],
  [
    'an output format that there is not',
    ['cluster', good, '--format', 'xlsx'],
    /--output-format must be one of csv, parquet; got "xlsx"$/,
  ],
  [
    'a config file with an unknown option',
    ['cluster', good, '--config', file('config.json', '{"minClustersize": 4}')],
    /config\.json: unknown option minClustersize; did you mean minClusterSize\?$/,
  ],
  [
    'a config file with a wrong value',
    ['cluster', good, '--config', file('wrong.json', '{"layout": {"minDist": "far"}}')],
    /wrong\.json: layout\.minDist must be a number of at least 0; got "far"$/,
  ],
  [
    'an unknown command',
    ['clutser', good],
    /^error: unknown command 'clutser'; did you mean cluster\? \(denscape --help\)$/,
  ],
  ['nothing to cluster', ['cluster'], /FILE/],
  [
    'a Milvus that is not running',
    ['cluster', good, '--model', 'minilm', '--milvus', 'http://127.0.0.1:9'],
    /127\.0\.0\.1:9/,
  ],
];

describe('a mistake gets exit code 2 and one clear line', () => {
  test.concurrent.each(mistakes)('%s', async (_, args, expected) => {
    const { code, stderr } = await denscape(args);
    const errors = stderr.split('\n').filter((line) => line.startsWith('error:'));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(expected);
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(errors[0]);
    expect(stderr).not.toMatch(/\n\s+at /); // no stack
    expect(code).toBe(2);
  });
});

test('the large model without consent is refused before the network is asked for anything', async () => {
  // A request would fail, with exit code 1: nothing listens there.
  const env = { DENSCAPE_CACHE: join(folder, 'cache'), HF_ENDPOINT: 'http://127.0.0.1:9' };
  const run = await denscape(['cluster', good], { env });
  expect(run.code).toBe(2);
  expect(run.stderr).toMatch(/bge-m3: 2\.3 GB .*pass --yes to allow it; --model minilm/);
  expect(run.stderr).not.toContain('trying again');
});

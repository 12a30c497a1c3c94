import * as v from 'valibot';
import { RESULT_COLUMNS, readTargets } from '../result-columns.js';
import { option } from './option.js';
import { above, between, flag, oneOf, pairs, someOf, text, whole } from './schemas.js';

/** The collection used where none is named. A collection that is named may hold rows of other programs; see store/store.ts. */
export const DEFAULT_COLLECTION = 'news_data';
/** Fields of a collection that denscape creates, where they are not named. */
export const DEFAULT_FIELDS = { id: 'id', vector: 'embedding', text: 'text', sparse: 'sparse' } as const;

/** One name or several, also with commas between, as a list. */
const names = (message: string) =>
  v.pipe(
    someOf(text, message),
    v.transform((given) => [given].flat().flatMap((part) => part.split(',').map((name) => name.trim()))),
    v.check((list) => list.length > 0 && list.every((name) => name !== ''), message),
  );

const columns = Object.keys(RESULT_COLUMNS).join(', ');
const WRITE_BACK_RULE = `must be fields with commas between, each once, as FIELD or FIELD=RESULT with a RESULT of ${columns}`;

export const storeOptions = {
  'store.uri': option({
    schema: text,
    help: 'Milvus to keep the vectors in: a folder such as ./news.db (Milvus Lite), http://localhost:19530 or a cloud endpoint; without it they are kept in memory',
    required: true,
    flag: '--milvus <uri>',
    address: true,
    foundConfig: false,
    reported: false, // the address without its token is reported as store
  }),
  'store.token': option({
    schema: v.string('must be a text'),
    help: 'user:password or an API key for `store.uri`; on the command line @FILE reads it from a file',
    unset: 'the environment variable MILVUS_TOKEN',
    flag: '--token <token>',
    foundConfig: false,
    secret: true,
    reported: false,
  }),
  'store.database': option({
    schema: text,
    help: 'database of the server',
    unset: 'the default one of the server',
    flag: '--database <name>',
    foundConfig: false,
    reported: false,
  }),
  'store.collection': option({
    schema: text,
    help: 'collection of the database, created when missing',
    unset: DEFAULT_COLLECTION,
    flag: '--collection <name>',
    foundConfig: false,
    reported: false,
  }),
  'store.id': option({
    schema: text,
    help: 'column of the file that holds the ids',
    unset: 'ids are derived from model and text',
    flag: '--id <column>',
    reported: false,
  }),
  'store.vectorField': option({
    schema: text,
    help: 'field of the collection that holds the vectors',
    unset: `${DEFAULT_FIELDS.vector}, or the only one of an existing collection`,
    flag: '--vector-field <name>',
    reported: false,
  }),
  'store.textField': option({
    schema: names('must be a field or a list of fields'),
    help: 'fields of the collection that hold the texts, with commas between: several are joined by line ends, as columns of a file are',
    unset: `${DEFAULT_FIELDS.text}, or the only VARCHAR`,
    flag: '--text-field <names>',
    reported: false,
  }),
  'store.idField': option({
    schema: text,
    help: 'field of the collection that holds the ids',
    unset: 'its primary key',
    flag: '--id-field <name>',
    reported: false,
  }),
  'store.fields': option({
    schema: v.array(text, 'must be a list of fields'),
    help: 'with a file, its columns that are stored with each row; without one, fields of the collection that the map shows besides the text',
    unset: 'none',
    flag: '--fields <names>',
    reported: false,
  }),
  'store.filter': option({
    schema: text,
    help: 'Milvus expression that selects entities of an existing collection',
    unset: 'all of them',
    flag: '--filter <expression>',
  }),
  'store.partition': option({
    schema: names('must be a partition or a list of partitions'),
    help: 'partitions that are read, with commas between; new rows of a file go into the one that is named',
    unset: 'all are read, the default one is filled',
    flag: '--partition <names>',
  }),
  'store.consistency': option({
    schema: oneOf('Strong', 'Bounded', 'Session', 'Eventually'),
    help: 'how fresh rows are when they are read: Strong sees all that was written before, the others may miss the last ones and wait for none',
    default: 'Strong',
    flag: '--consistency <level>',
    reported: false,
  }),
  'store.source': option({
    schema: text,
    help: 'name of the input, kept with each row that is stored from it in the dynamic field denscape_sources; give the same name to later versions of a file',
    unset: 'the name of the file, with a hash of its folder',
    flag: '--source <name>',
    foundConfig: false,
    reported: false,
  }),
  'store.prune': option({
    schema: flag,
    help: 'delete rows that denscape stored from an earlier version of this input and that are no longer in it',
    default: false,
    flag: '--prune',
    foundConfig: false,
    reported: false,
  }),
  'store.sameModel': option({
    schema: flag,
    help: 'add rows to a collection although its vectors differ from those that the model makes of its texts',
    default: false,
    flag: '--same-model',
    foundConfig: false,
    reported: false,
  }),
  'store.minRecall': option({
    schema: between(0, 1),
    help: 'least recall of neighbours that the server finds with an approximate index; the run stops below it',
    default: 0.5,
    flag: '--min-recall <r>',
    reported: false,
  }),
  'store.index': option({
    schema: oneOf('FLAT', 'HNSW', 'IVF_FLAT', 'AUTOINDEX'),
    help: 'index of a collection that denscape creates; FLAT is exact',
    default: 'FLAT',
    flag: '--index <type>',
    reported: false,
  }),
  'store.indexParams': option({
    schema: pairs,
    help: 'build parameters of the index, such as M=16,efConstruction=200',
    unset: 'the usual ones of the index',
    flag: '--index-params <pairs>',
    reported: false,
  }),
  'store.searchParams': option({
    schema: pairs,
    help: 'search parameters of the index, such as ef=128',
    unset: 'enough for a good recall',
    flag: '--search-params <pairs>',
    reported: false,
  }),
  'store.neighborsFrom': option({
    schema: oneOf('auto', 'server', 'local'),
    help: 'where neighbours are searched: local reads the vectors and searches here; auto does that where they fit in memory and it takes minutes at most',
    default: 'auto',
    flag: '--neighbors-from <where>',
    reported: false,
  }),
  'store.writeBack': option({
    schema: v.pipe(
      someOf(text, 'must be a field or a list of fields'),
      v.check((given) => readTargets(given) !== undefined, WRITE_BACK_RULE),
    ),
    help: `fields of the collection that receive results of every row, with commas between: a field called ${columns} receives that, any other the topic, and FIELD=topic_name another result`,
    unset: 'nothing is written back',
    flag: '--write-back <fields>',
    foundConfig: false,
    reported: false,
  }),
  'store.topicsCollection': option({
    schema: text,
    help: 'collection that receives the topics and themes, a row each with its centre, name, keywords and size: a search in it finds the topic of a vector',
    unset: 'none',
    flag: '--topics-collection <name>',
    foundConfig: false,
    reported: false,
    rule: (of) =>
      of('topicsCollection') !== undefined &&
      of('topicsCollection') === (of('collection') ?? DEFAULT_COLLECTION)
        ? 'must differ from `collection`, which holds the texts'
        : undefined,
  }),
  'store.ca': option({
    schema: text,
    help: 'PEM file of a private certificate authority',
    unset: 'the authorities that Node trusts',
    flag: '--ca <file>',
    foundConfig: false,
    reported: false,
  }),
  'store.cert': option({
    schema: text,
    help: 'PEM file of a client certificate, which needs `store.key` too',
    unset: 'none',
    flag: '--cert <file>',
    foundConfig: false,
    reported: false,
  }),
  'store.key': option({
    schema: text,
    help: 'PEM file of the key of the client certificate',
    unset: 'none',
    flag: '--key <file>',
    foundConfig: false,
    reported: false,
  }),
  'store.timeout': option({
    schema: above(0),
    help: 'seconds that one request may take',
    default: 60,
    flag: '--timeout <seconds>',
    reported: false,
  }),
  'store.retries': option({
    schema: whole(0),
    help: 'how often a request is repeated after a transient failure; 20 waits about a minute for a server that is restarting',
    default: 20,
    flag: '--retries <n>',
    reported: false,
  }),
};

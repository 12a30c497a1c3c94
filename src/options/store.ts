import * as v from 'valibot';
import { option } from './option.js';
import { above, oneOf, pairs, text, whole } from './schemas.js';

/** The collection used where none is named. A collection that is named may hold rows of other programs; see store/store.ts. */
export const DEFAULT_COLLECTION = 'news_data';
/** Fields of a collection that denscape creates, where they are not named. */
export const DEFAULT_FIELDS = { id: 'id', vector: 'embedding', text: 'text' } as const;

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
    schema: text,
    help: 'field of the collection that holds the texts',
    unset: DEFAULT_FIELDS.text,
    flag: '--text-field <name>',
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
    help: 'fields of an existing collection that the map shows besides the text',
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
    schema: text,
    help: 'field of the collection that receives the label of every row',
    unset: 'nothing is written back',
    flag: '--write-back <field>',
    foundConfig: false,
    reported: false,
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

/** Where vectors are kept when not in memory. */
export interface StoreOptions {
  /** `./news.db` (Milvus Lite, started and stopped by denscape), `http://host:19530`, or a cloud endpoint. */
  uri: string;
  /** `user:password` or an API key. Default: the environment's MILVUS_TOKEN. Never written anywhere. */
  token?: string;
  /** Default: the server's default database. */
  database?: string;
  /** Created when missing. Default `news_data`. */
  collection?: string;
  /** PEM file of a private certificate authority. */
  ca?: string;
  /** PEM file of a client certificate, with `key`. */
  cert?: string;
  /** PEM file of the client certificate's key. */
  key?: string;
  /** Default `embedding`. */
  vectorField?: string;
  /** Default `text`. */
  textField?: string;
  /** Default: the collection's primary key. */
  idField?: string;
  /** Fields of an existing collection to show beside the text. */
  fields?: string[];
  /** A Milvus expression: only these entities. */
  filter?: string;
  /** Index of a collection that denscape creates. Default `FLAT`, which is exact. */
  index?: 'FLAT' | 'HNSW' | 'IVF_FLAT' | 'AUTOINDEX';
  /** The index's build parameters, such as `{ M: 16, efConstruction: 200 }`. */
  indexParams?: Record<string, string | number>;
  /** The index's search parameters, such as `{ ef: 128 }`. */
  searchParams?: Record<string, string | number>;
  /**
   * Who searches: `local` reads the vectors and searches in this process, `server` asks Milvus. Default `auto`: local
   * where the vectors fit in memory and an exact search here takes minutes at most, the server otherwise; the choice
   * is reported.
   */
  neighborsFrom?: 'auto' | 'server' | 'local';
  /** Seconds that one request may take, above 0. Default 60. */
  timeout?: number;
  /**
   * How often a request that failed in passing is tried again, 0 or more. Default 20, which waits about a minute for a
   * server that went away.
   */
  retries?: number;
  /** A field of the collection that receives the labels. Default: nothing is written back. */
  writeBack?: string;
  /** Column of the file that holds ids. Default: derived from model and text. */
  id?: string;
}

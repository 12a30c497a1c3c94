import { ByteWriter } from 'hyparquet-writer';
import type { Write } from './replace.js';

/** The Parquet library's writer, whose bytes go to the file after each group of rows. */
export function parquetWriter(write: Write): ByteWriter {
  const writer: ByteWriter & { flush?(): Promise<void> } = new ByteWriter();
  const flush = async () => {
    await write(writer.getBytes());
    writer.index = 0;
  };
  writer.flush = flush;
  writer.finish = flush;
  return writer;
}

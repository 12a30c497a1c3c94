import { type FileMetaData, parquetMetadata } from 'hyparquet';
import { ByteWriter } from 'hyparquet-writer';
import { writeMetadata } from 'hyparquet-writer/src/metadata.js';

/** The same pages under a footer that `change` has altered: what a careless or hostile writer leaves. */
export function withFooter(file: ArrayBuffer, change: (metadata: FileMetaData) => void): Uint8Array {
  const metadata = parquetMetadata(file);
  const footerLength = new DataView(file).getUint32(file.byteLength - 8, true);
  change(metadata);
  const writer = new ByteWriter();
  writer.appendBytes(new Uint8Array(file, 0, file.byteLength - 8 - footerLength));
  writeMetadata(writer, metadata);
  writer.appendUint32(0x31524150); // PAR1, after the footer's length, which writeMetadata has written
  return new Uint8Array(writer.getBuffer());
}

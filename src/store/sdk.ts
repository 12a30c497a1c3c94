/*
 * The Milvus client. In the build this module is one file with everything that it needs (scripts/vendor.mjs): installed
 * from npm, the client brings a hundred packages and 50 MB for writing bulk files to S3, which denscape doesn't do.
 */
export { DataType, MilvusClient } from '@zilliz/milvus2-sdk-node';

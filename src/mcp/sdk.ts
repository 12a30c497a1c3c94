/*
 * The Model Context Protocol. In the build this module is one file with everything that it needs (scripts/vendor.mjs): installed from
 * npm, the SDK brings web servers and clients that a server over standard input doesn't use.
 */
export { Server } from '@modelcontextprotocol/sdk/server/index.js';
export { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
export { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';

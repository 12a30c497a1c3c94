#!/usr/bin/env node
// The first statement, and no static import above it, since those are loaded before any statement runs: a process
// list shows the title instead of the arguments, which may hold a key.
process.title = 'denscape';
const { runProgram } = await import('./program.js');
await runProgram();

export {};

// Prints `N passed, N failed, N skipped` from the test runner's own report; fails when no test ran.
import { existsSync, readFileSync } from 'node:fs';

const [file] = process.argv.slice(2);
const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
const { numPassedTests = 0, numFailedTests = 0, numPendingTests = 0, numTodoTests = 0 } = report;
// A file that could not even be loaded counts as a failure though it holds no test.
const failed = numFailedTests || (report.numFailedTestSuites ?? (report.success === true ? 0 : 1));
console.log(`${numPassedTests} passed, ${failed} failed, ${numPendingTests + numTodoTests} skipped`);
process.exitCode = failed > 0 || numPassedTests === 0 ? 1 : 0;

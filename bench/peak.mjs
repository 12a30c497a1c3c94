// Loaded into a measured process: says on its way out how much memory it had at most.
process.on('exit', () => process.stderr.write(`\npeak-kib ${process.resourceUsage().maxRSS}\n`));

// Topics of a file, with progress and a way to stop: node examples/news.mjs
import { cluster } from 'denscape';

const stop = new AbortController();
process.once('SIGINT', () => stop.abort(new Error('stopped')));

const result = await cluster(new URL('news.csv', import.meta.url).pathname, {
  text: ['title', 'description'],
  model: 'minilm', // 23 MB; leave it out for BGE-M3
  seed: 42,
  onProgress: ({ stage, message }) => message && console.error(`${stage}: ${message}`),
  signal: stop.signal,
});

for (const { id, size, name, exemplars } of result.themeTopics.slice(0, 5)) {
  console.log(`${id}  ${size} rows  ${name}`);
  console.log(`   ${result.texts[exemplars[0]].split('\n')[0]}`);
}
console.log(`${result.labels.filter((label) => label < 0).length} rows in no topic`);

await result.writeCsv('news-clusters.csv');
await result.writeMap('news-map.html');

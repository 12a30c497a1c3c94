// Rows from a program and vectors from your own function, nothing downloaded: node examples/own-vectors.mjs
import { cluster } from 'denscape';

async function* reviews() {
  const reasons = ['too expensive for what it does', 'delivery was late again', 'support never replied'];
  for (let i = 0; i < 60; i++) {
    yield { id: i, stars: 1 + (i % 3), comment: `${reasons[i % 3]}, order ${i} was no fun` };
  }
}

/** Words hashed into 256 numbers: far worse than a model, but needs no download. */
function embed(texts) {
  return texts.map((text) => {
    const vector = new Float32Array(256);
    for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
      let hash = 7;
      for (const character of word) hash = (hash * 31 + character.codePointAt(0)) % 256;
      vector[hash]++;
    }
    const length = Math.hypot(...vector) || 1;
    return vector.map((value) => value / length);
  });
}

const result = await cluster(reviews(), { text: ['comment'], model: { embed }, minClusterSize: 5 });
for (const { name, size } of result.topics) console.log(`${size} reviews: ${name}`);

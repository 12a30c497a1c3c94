import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { documents, readTable } from '../../src/read/index.js';
import type { Topic } from '../../src/shapes.js';
import type { DescriberOptions } from '../../src/topics/describe.js';
import { describeTopics, openDescriber } from '../../src/topics/index.js';
import { languages } from './languages.js';

const NEWS = new URL('../fixtures/news/', import.meta.url).pathname;

async function describeGroups(groups: string[][], more: Partial<DescriberOptions> = {}) {
  const texts = groups.flat();
  const labels = Int32Array.from(groups.flatMap((group, label) => group.map(() => label)));
  const probabilities = new Float64Array(texts.length).fill(1);
  return describeTopics({ texts, labels, probabilities, clusterCount: groups.length, ...more });
}

describe('describeTopics', () => {
  test.each(Object.entries(languages))('names topics in %s by their words', async (language, groups) => {
    const { topics, languages } = await describeGroups(groups.map(({ texts }) => texts));
    expect(languages[0].language).toBe(language);
    for (const [id, { name }] of groups.entries()) expect(topics[id].name).toBe(name);
  });

  test.each([
    ['digits', ['12', '13', '14'], '12, 13, 14'],
    ['emoji', ['😀😀', '😀', '👩‍👩‍👧'], '😀, 👩‍👩‍👧'],
    ['one letter each', ['a', 'b', 'c'], 'A, b, c'],
    ['one Chinese character', ['的', '的', '的'], '“的”'],
    ['punctuation', ['...', '!!!', '---'], '!, -, .'],
    ['links', ['http://x.example', 'http://x.example', ''], 'Http://x.example'],
    ['stop words', ['the and of', 'the', 'of it'], 'Of, the, and'],
    ['nothing', ['', ' ', '\n'], 'Topic 0'],
    ['one word of a megabyte', ['a'.repeat(1e6), 'b'.repeat(1e6)], undefined],
  ])('texts of %s still get a name and keywords', async (_, texts, name) => {
    const { topics } = await describeGroups([texts]);
    expect(topics[0].keywords.length).toBeGreaterThan(0);
    expect(topics[0].keywords.every((keyword) => keyword.trim() !== '')).toBe(true);
    expect(topics[0].name.trim()).not.toBe('');
    if (name !== undefined) expect(topics[0].name).toBe(name);
  });

  test('markup residue never becomes a keyword', async () => {
    const texts = [
      '&lt;b&gt;Reactor&lt;/b&gt; shut down after leak\\in cooling #36;10 quot;loopquot;',
      'Reactor leak: operators shut cooling loop &amp; wait #39;till dawn &lt;br&gt;',
      'Cooling loop repaired, reactor\\restarts after leak &nbsp; #151;',
    ];
    const { topics } = await describeGroups([texts]);
    const words = topics[0].keywords.join(' ').toLowerCase().split(/\s+/);
    for (const residue of ['lt', 'gt', 'b', 'br', 'amp', 'nbsp', '36', '39', '151'])
      expect(words).not.toContain(residue);
    expect(words).toContain('reactor');
  });

  test('a word of texts at the edge of a topic is a keyword, but not in its name, and no adjective takes its place', async () => {
    const pages = Array.from({ length: 40 }, (_, i) =>
      i < 32 ? `the performance of site${i} is slow` : `the CPU: its performance on board${i}`,
    );
    const cards = pages.map((_, i) => `a card was lost in town${i}`);
    const degrees = [...pages.map((_, i) => (i < 32 ? i / 8 : 20 + i)), ...cards.map((_, i) => 180 + i / 4)];
    const data = Float32Array.from(
      degrees.flatMap((angle) => [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)]),
    );
    const near = await describeGroups([pages, cards], { vectors: { data, rows: degrees.length, cols: 2 } });
    expect(near.topics[0].name).toBe('Performance');
    expect(near.topics[0].keywords).toContain('CPU');
    const without = await describeGroups([pages, cards]);
    expect(without.topics[0].name).toBe('Performance, CPU');
  });

  test('a word of fewer than half the texts has one of texts at the edge next to it, if there is no other', async () => {
    const pages = Array.from({ length: 40 }, (_, i) =>
      i < 14 ? `the performance of site${i}` : i < 32 ? `what it does ${i}` : `the CPU of board${i}`,
    );
    const cards = pages.map((_, i) => `a card was lost in town${i}`);
    const degrees = [...pages.map((_, i) => (i < 32 ? i / 8 : 20 + i)), ...cards.map((_, i) => 180 + i / 4)];
    const data = Float32Array.from(
      degrees.flatMap((angle) => [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)]),
    );
    const { topics } = await describeGroups([pages, cards], {
      vectors: { data, rows: degrees.length, cols: 2 },
    });
    expect(topics[0].name).toBe('Performance, CPU');
  });

  test('a word of few texts does not stand next to the account that they address', async () => {
    const blue = Array.from({ length: 70 }, (_, i) =>
      i < 10
        ? `@BlueAir and this BlueAir it was ${i}`
        : `@BlueAir ${i < 12 ? 'that suitcase' : 'it was'} so ${i}`,
    );
    const other = blue.map((_, i) => `@OtherAir flight${i} is late`);
    const { topics } = await describeGroups([blue, other]);
    expect(topics[0].name).toBe('BlueAir');
  });

  test('a verb with its particle does not stand in a name next to two nouns', async () => {
    const pending = Array.from({ length: 30 }, (_, i) =>
      i < 14
        ? `my withdrawal: will it show up, by machine${i}`
        : `my withdrawal at the cashpoint is there ${i}`,
    );
    const other = pending.map((_, i) => `the hotel of town${i} is full`);
    const { topics } = await describeGroups([pending, other]);
    expect(topics[0].name).not.toMatch(/show up/i);
  });

  test('topics with the same words get different names', async () => {
    const texts = ['port strike ends', 'port strike ends', 'port strike ends'];
    const { topics } = await describeGroups([texts, texts, texts]);
    expect(new Set(topics.map(({ name }) => name)).size).toBe(3);
  });

  test('words common to all texts, noise included, lose to those that set a topic apart', async () => {
    const fruit = ['apple', 'pear', 'plum', 'quince', 'cherry'].map(
      (name) => `market report: ${name} juice at fruit stalls, orchard harvest`,
    );
    const metal = ['copper', 'zinc', 'tin', 'nickel', 'lead'].map(
      (name) => `market report: ${name} ingots from the metal smelter, alloy furnace`,
    );
    const noise = Array.from({ length: 30 }, (_, i) => `market report number n${i}`);
    const texts = [...fruit, ...metal, ...noise];
    const labels = Int32Array.from(texts, (_, row) => (row < 5 ? 0 : row < 10 ? 1 : -1));
    const probabilities = new Float64Array(texts.length).fill(1);
    const { topics } = await describeTopics({ texts, labels, probabilities, clusterCount: 2 });
    expect(topics[0].keywords.slice(0, 3)).toContain('fruit stalls');
    expect(topics[0].name).not.toMatch(/market/i);
    expect(topics[1].name).not.toMatch(/market/i);
  });

  test('a word that the other topics have as well follows in a name only where there is no other', async () => {
    const groups = ['printer', 'scanner', 'router'].map((device) =>
      ['lamp', 'cable', 'button'].map((part) => `the ${device} at the office: a ${part}, and the manual`),
    );
    const { topics } = await describeGroups(groups);
    for (const [id, device] of ['Printer', 'Scanner', 'Router'].entries())
      expect(topics[id].name).toMatch(new RegExp(`^${device}`));
  });

  test('a noun in any case comes before a Russian verb in the keywords', async () => {
    const texts = [
      'использовать утром, много зум-объективов',
      'зум-объективов хватит, использовать днём',
      'использовать вечером, без зум-объективов',
      'использовать ночью',
    ];
    const others = ['кошки', 'собаки', 'птицы'].map((who) => `${who} спят дома на диване`);
    const { topics } = await describeGroups([texts, others], { language: 'ru' });
    expect(topics[0].keywords).toContain('использовать');
    expect(topics[0].keywords[0]).not.toMatch(/использовать/);
  });

  test('a German name has nouns alone where there are two, else what else tells the topic apart', async () => {
    const texts = ['heute', 'nun', 'dort'].map(
      (when, i) => `wo Kräne ${when} quietschen am Hafen, sagt N${i}`,
    );
    const others = ['kauft', 'sucht', 'isst'].map((what) => `Ein Hund ${what} einen Knochen`);
    const { topics } = await describeGroups([texts, others], { language: 'de' });
    expect(topics[0].keywords).toContain('quietschen');
    expect(topics[0].name).toMatch(/^(?:Hafen, Kräne|Kräne, Hafen)$/);
    const verbs = ['hier', 'dort', 'nun'].map((where) => `wir tanzen ${where} und singen`);
    const { topics: dancing } = await describeGroups([verbs, others], { language: 'de' });
    expect(dancing[0].name).toMatch(/tanzen/i);
    const harbour = ['hier', 'dort', 'nun'].map((where) => `wo ein Hafen ${where} stinken soll`);
    expect((await describeGroups([harbour, others], { language: 'de' })).topics[0].name).toBe('Hafen');
  });

  test('a topic that no word tells from others is shown by its most central text, or not at all', async () => {
    const filler = (i: number) => `word${i}a word${i}b word${i}c`;
    const mixed = Array.from({ length: 25 }, (_, i) => filler(i));
    const clear = Array.from({ length: 25 }, (_, i) => `harbour strike ${filler(100 + i)}`);
    const long = Array.from({ length: 25 }, (_, i) =>
      Array.from({ length: 40 }, (_, part) => filler(1000 * (i + 1) + part)).join(' '),
    );
    const { topics } = await describeGroups([mixed, clear, long]);
    expect(topics[0].name).toMatch(/^Mixed: “word\d+a word\d+b word\d+c”$/);
    expect(topics[1].name).toMatch(/^Harbour strike/);
    expect(topics[2].name).toBe('Mixed texts');
  });

  test('a topic of a field whose words stand in many of its texts together is not mixed', async () => {
    const filler = (i: number) => `word${i}a word${i}b word${i}c`;
    const field = ['senate', 'minister', 'ballot', 'treaty', 'embassy', 'mayor', 'tax', 'court'];
    const politics = field.flatMap((word, at) =>
      Array.from({ length: 5 }, (_, i) => `the ${word} ${filler(10 * at + i)}`),
    );
    const others = Array.from({ length: 200 }, (_, i) => filler(1000 + i));
    const { topics } = await describeGroups([politics, others]);
    expect(topics[0].name).not.toMatch(/Mixed/);
    expect(field).toContain(topics[0].name.split(',')[0].toLowerCase());
  });

  test('greetings and signatures of letters name no topic', async () => {
    const letters = ['Ann', 'Bob', 'Eve', 'Kim'].map(
      (name, i) => `Dear Support Heroes,\n\nthe printer jams at noon ${i}.\n\nBest regards,\n${name} Miller`,
    );
    const { topics } = await describeGroups([letters, ['rain in spring', 'rain again', 'rain at last']]);
    expect(topics[0].keywords[0].toLowerCase()).toMatch(/printer/);
    expect(topics[0].keywords.join(' ')).not.toMatch(/dear|heroes|regards|miller/i);
  });

  test('there are as many keywords as requested, where the texts have as many', async () => {
    const texts = Array.from({ length: 4 }, () => 'amber birch cedar dogwood elm fir ginkgo hazel');
    expect((await describeGroups([texts], { keywords: 2 })).topics[0].keywords.length).toBeLessThanOrEqual(2);
    expect((await describeGroups([texts], { keywords: 1 })).topics[0].keywords).toHaveLength(1);
  });

  test('a given language is taken as it is, with or without its region', async () => {
    const answer = await describeGroups([['der Hafen streikt', 'der Hafen streikt']], { language: 'de-AT' });
    expect(answer.languages).toEqual([{ language: 'de', rows: 2 }]);
    expect(answer.topics[0].keywords).not.toContain('der');
  });

  test('a language that is no code is refused', async () => {
    await expect(describeGroups([['a', 'b']], { language: 'german' })).rejects.toThrow(
      'language must be an ISO 639 code such as en, de or zh; got "german"',
    );
  });

  test('one describer names every grouping of its texts as a describer of its own would', async () => {
    const texts = ['oil prices rise', 'oil prices fall', 'rain in spring', 'rain in autumn', 'rain again'];
    const fine = { labels: Int32Array.of(0, 0, 1, 1, 1), clusterCount: 2 };
    const coarse = { labels: new Int32Array(5), clusterCount: 1 };
    const describer = await openDescriber({ texts });
    for (const grouping of [fine, coarse, fine]) {
      expect(await describer.describe(grouping)).toEqual(await describeTopics({ texts, ...grouping }));
    }
  });

  test('short texts that many rows are name a group that no word tells apart, and say more than one word', async () => {
    const texts = ['Good', 'Nice', 'very good', 'so nice', 'Good service', 'service', 'fast service'];
    const named = (counts: number[]) =>
      openDescriber({ texts, counts: Int32Array.from(counts), language: 'en' }).then((describer) =>
        describer.describe({ labels: Int32Array.of(0, 0, 0, 0, 1, 1, 1), clusterCount: 2 }),
      );
    const common = await named([40, 9, 1, 1, 12, 1, 2]);
    expect(common.topics.map(({ name }) => name)).toEqual(['“Good”, “Nice”', 'Good service']);
    const rare = await named([1, 1, 1, 1, 1, 1, 1]);
    expect(rare.topics[1].name).toBe('Service');
  });

  test('words of the caller and words of too few texts name no topic', async () => {
    const texts = ['acme oil rises', 'acme oil falls', 'acme oil gushes', 'acme gas'];
    const named = async (more: { stopWords?: string[]; minDf?: number }) =>
      (await describeGroups([texts], more)).topics[0].keywords.map((keyword) => keyword.toLowerCase());
    expect((await named({})).join(' ')).toContain('acme');
    expect((await named({ stopWords: ['Acme'] })).join(' ')).not.toContain('acme');
    expect(await named({ stopWords: ['Acme'], minDf: 3 })).toEqual(['oil']);
  });

  test("a caller's word stands in no phrase, not even as the first word of a name", async () => {
    const texts = Array.from({ length: 8 }, (_, n) => `They ran at the Athens Olympics in heat ${n}`);
    const others = Array.from({ length: 8 }, (_, n) => `Oil prices fell again by ${n}`);
    const names = async (stopWords?: string[]) =>
      (await describeGroups([texts, others], { stopWords })).topics[0].keywords.join(', ');
    expect(await names()).toContain('Athens Olympics');
    expect(await names(['athens'])).toContain('Olympics');
    expect(await names(['athens'])).not.toContain('Athens');
  });

  test('there are as many exemplars as requested', async () => {
    const { topics } = await describeGroups([['oil rises', 'gas falls', 'rain again', 'snow now']], {
      examples: 4,
    });
    expect(topics[0].exemplars).toHaveLength(4);
    expect((await describeGroups([['oil', 'gas']], { examples: 0 })).topics[0].exemplars).toEqual([]);
  });

  test('wording that many texts share is reported, and is in no keyword', async () => {
    const things = ['parcel', 'battery', 'waiter', 'login', 'courier', 'screen', 'soup', 'password'];
    const texts = things.map((thing) => `The ${thing} was bad\nSent from my mobile device by a busy person`);
    const { topics, boilerplate } = await describeGroups([texts]);
    expect(boilerplate).toEqual({ texts: 8, examples: ['Sent from my mobile device by a busy person'] });
    expect(topics[0].keywords.join(' ')).not.toMatch(/mobile|device|busy/);
  });

  test('an abort is heard while the texts are read', async () => {
    const controller = new AbortController();
    const texts = Array.from({ length: 20_000 }, (_, i) => `some words about matter ${i} `.repeat(20));
    const opening = openDescriber({ texts, signal: controller.signal });
    setImmediate(() => controller.abort(new Error('stop here')));
    await expect(opening).rejects.toThrow('stop here');
  });

  test('no clusters give no topics', async () => {
    const answer = await describeTopics({
      texts: ['a', 'b'],
      labels: Int32Array.of(-1, -1),
      probabilities: new Float64Array(2),
      clusterCount: 0,
    });
    expect(answer).toEqual({ topics: [], languages: [] });
  });

  test('an abort stops between topics', async () => {
    const groups = Array.from({ length: 50 }, (_, i) => [`topic number ${i} text`, `topic number ${i} more`]);
    const controller = new AbortController();
    const texts = groups.flat();
    const running = describeTopics({
      texts,
      labels: Int32Array.from(texts, (_, row) => row >> 1),
      probabilities: new Float64Array(texts.length).fill(1),
      clusterCount: 50,
      signal: controller.signal,
      onProgress: ({ done }) => done === 10 && controller.abort(new Error('stop here')),
    });
    await expect(running).rejects.toThrow('stop here');
  });
});

describe('on 870 news rows', () => {
  let texts: string[];
  let labels: Int32Array;
  let vectors: Float32Array;
  let topics: Topic[];

  const run = (order: number[]) => {
    const moved = new Float32Array(vectors.length);
    order.forEach((row, at) => {
      moved.set(vectors.subarray(row * 384, row * 384 + 384), at * 384);
    });
    return describeTopics({
      texts: order.map((row) => texts[row]),
      labels: Int32Array.from(order, (row) => labels[row]),
      probabilities: new Float64Array(texts.length).fill(1),
      clusterCount: 27,
      vectors: { data: moved, rows: texts.length, cols: 384 },
    });
  };

  beforeAll(async () => {
    const table = await readTable(`${NEWS}ag_news_870.csv`);
    texts = await documents(table, ['title', 'description']);
    labels = Int32Array.from(
      JSON.parse(readFileSync(`${NEWS}expected.json`, 'utf8'))['graph-mcs3-ms3'].labels,
    );
    vectors = new Float32Array(Uint8Array.from(readFileSync(`${NEWS}vectors_870x384.f32`)).buffer);
    ({ topics } = await run([...texts.keys()]));
  });

  test('topics have the names a reader would give them', () => {
    const nameOf = (part: string) => topics[labels[texts.findIndex((text) => text.includes(part))]].name;
    expect(nameOf('Oil prices bubble to record high')).toBe('Oil prices, barrel, crude');
    expect(nameOf('Cink Leads NEC Invitational')).toMatch(/^Ryder Cup/);
    expect(nameOf('Stunt pilots to snag a falling NASA craft')).toMatch(/NASA/);
    expect(nameOf('Israel OKs More West Bank Settlement')).toMatch(/^West Bank/);
    expect(nameOf('Audit finds no fraud in Venezuelan')).toMatch(/Hugo Chavez, Venezuela/);
  });

  test('no keyword is markup residue or a number, and none is empty', () => {
    for (const { keywords } of topics) {
      for (const keyword of keywords) {
        expect(keyword).toMatch(/\p{L}/u);
        expect(keyword).not.toMatch(/^(?:quot|amp|lt|gt|br|nbsp)$|[&;\\<>]/);
      }
    }
  });

  test('exemplars are three different members where there are three', () => {
    for (const { id, exemplars } of topics) {
      expect(exemplars.every((row) => labels[row] === id)).toBe(true);
      expect(new Set(exemplars.map((row) => texts[row])).size).toBe(exemplars.length);
    }
    expect(topics.filter(({ exemplars }) => exemplars.length === 3).length).toBeGreaterThan(23);
  });

  test('the order of the rows changes no name, keyword or exemplar', async () => {
    const order = [...texts.keys()].reverse();
    const shuffled = await run(order);
    for (const [id, topic] of shuffled.topics.entries()) {
      expect(topic.keywords).toEqual(topics[id].keywords);
      expect(topic.name).toBe(topics[id].name);
      expect(topic.exemplars.map((at) => texts[order[at]])).toEqual(
        topics[id].exemplars.map((row) => texts[row]),
      );
    }
  });
});

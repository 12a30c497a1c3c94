import { eld as packaged } from 'eld/small';
import { expect, test } from 'vitest';

test('the detector of the build gives the scores of the package, in every script', async () => {
  const { eld: built } = (await import(
    new URL('../../build/topics/eld.js', import.meta.url).href
  )) as typeof import('../../src/topics/eld.js');
  const texts = [
    'The minister said on Tuesday that the talks would go on next week.',
    'Die Ministerin sagte am Dienstag, dass die Gespräche weitergehen.',
    'Le ministre a dit mardi que les discussions continueraient.',
    'Министр заявил во вторник, что переговоры продолжатся.',
    'कम्पनीले नयाँ कार्यालय खोल्ने भएको छ',
    '部長は火曜日に協議を続けると述べた。',
    'قال الوزير يوم الثلاثاء إن المحادثات ستستمر',
    '12345',
  ];
  const found = texts.map((text) => built.detect(text));
  expect(found.map(({ language }) => language).slice(0, 4)).toEqual(['en', 'de', 'fr', 'ru']);
  expect(found.map((result) => result.getScores())).toEqual(
    texts.map((text) => packaged.detect(text).getScores()),
  );
});

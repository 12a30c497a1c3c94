import { beforeAll, expect, test } from 'vitest';
import { withBaseForms } from '../../src/topics/base-forms.js';
import { describeTopics } from '../../src/topics/describe.js';
import { detectAllLanguages, loadLanguages } from '../../src/topics/language.js';
import { languagesIn, languagesOfTexts, placesIn, wordsIn } from '../../src/topics/text-languages.js';
import { type Tokens, tokenize } from '../../src/topics/tokens.js';
import { Divider } from '../../src/topics/words.js';
import { numberOf } from './tokenized.js';

const ENGLISH = [
  'The parcel is not here and we are waiting for it',
  'We have the wrong parcel, what can we do',
];
const GERMAN = [
  'Das Paket ist noch nicht da und wir warten auf die Lieferung',
  'Wir haben das falsche Paket bekommen, was können wir tun',
];
const FRENCH = [
  "Le colis n'est pas encore là et nous attendons la livraison",
  'Nous avons reçu le mauvais colis, que pouvons-nous faire pour cela',
];
const POLISH = [
  'Nie ma wirusa w szpitalu, ale są leki',
  'To jest wirus i nie ma szczepionki',
  'Dla wirusów nie ma leku',
];

const divided = (texts: string[]): Promise<Tokens> => tokenize(texts, new Divider([]), () => undefined);
const placeOf = ({ order }: Tokens, row: number) => order.indexOf(row);

beforeAll(loadLanguages);

test('each text is in the language whose small words it has', async () => {
  const tokens = await divided([...ENGLISH, ...GERMAN, ...FRENCH, '12 CD-ROM']);
  const languages = ['en', 'de', 'fr'];
  const found = languagesOfTexts(tokens, languages);
  const names = Array.from({ length: 7 }, (_, row) => languages[found?.ofText[placeOf(tokens, row)] ?? -1]);
  expect(names).toEqual(['en', 'en', 'de', 'de', 'fr', 'fr', undefined]);
  expect(languagesOfTexts(tokens, ['en'])).toBeUndefined();
});

test('languages of a group are those of its texts, the commonest first', async () => {
  const tokens = await divided([...ENGLISH, ...GERMAN, FRENCH[0], '12 CD-ROM', 'CD']);
  const found = languagesOfTexts(tokens, ['fr', 'de', 'en']);
  if (!found) throw new Error('several languages');
  const places = (...rows: number[]) => Int32Array.from(rows, (row) => placeOf(tokens, row));
  expect(languagesIn(places(0, 1, 2), found)).toEqual(['en', 'de']);
  expect([...placesIn(places(0, 1, 2), 'de', found)]).toEqual([...places(2)]);
  expect(languagesIn(places(5, 6), found)).toBeUndefined();
});

test('words of one language are joined to basic forms next to others with its letters', async () => {
  const tokens = await divided([...POLISH, ...ENGLISH, 'The virus is in the lab and the viruses are not']);
  const languages = ['pl', 'en'];
  const found = languagesOfTexts(tokens, languages);
  if (!found) throw new Error('several languages');
  expect(wordsIn('pl', tokens, found)[numberOf(tokens, 'wirusa')]).toBe(1);
  expect(wordsIn('pl', tokens, found)[numberOf(tokens, 'parcel')]).toBe(0);
  const joined = withBaseForms(tokens, languages, found);
  expect(joined.documents[numberOf(joined, 'wirus')]).toBe(3);
  expect(joined.documents[numberOf(joined, 'parcel')]).toBe(2);
});

test('a topic of texts in several languages is named in the commonest, without small words of the others', async () => {
  const copies = (texts: string[], count: number, word: string) =>
    Array.from({ length: count }, (_, i) => `${texts[i % texts.length]} ${word}${i}`);
  const parcels = [...copies(GERMAN, 12, 'a'), ...copies(ENGLISH, 6, 'b'), ...copies(FRENCH, 6, 'c')];
  const others = [
    ...copies(['Der Akku des Telefons ist leer und lädt nicht mehr'], 12, 'd'),
    ...copies(['The battery of the phone is empty and does not charge'], 6, 'e'),
    ...copies(['La batterie du téléphone est vide et ne se recharge plus'], 6, 'f'),
  ];
  const labels = Int32Array.from([...parcels.map(() => 0), ...others.map(() => 1)]);
  const { topics } = await describeTopics({ texts: [...parcels, ...others], labels });
  expect(topics[0].name).toMatch(/Paket/);
  expect(topics[1].name).toMatch(/Akku|Telefon/);
  const words = topics.flatMap(({ keywords }) => keywords.join(' ').toLowerCase().split(' '));
  for (const word of ['parcel', 'colis', 'battery', 'nous', 'est', 'the', 'nicht'])
    expect(words).not.toContain(word);
});

test('texts in five languages at random are in all five', () => {
  const texts = [
    'The parcel is not here and we are waiting for the delivery since Monday',
    'Das Paket ist noch nicht da und wir warten seit Montag auf die Lieferung',
    "Le colis n'est pas encore là et nous attendons la livraison depuis lundi",
    'El paquete todavía no ha llegado y esperamos la entrega desde el lunes',
    'Il pacco non è ancora arrivato e aspettiamo la consegna da lunedì scorso',
  ];
  const all = Array.from({ length: 100 }, (_, i) => texts[(i * 7 + (i >> 2)) % 5]);
  expect(detectAllLanguages(all).toSorted()).toEqual(['de', 'en', 'es', 'fr', 'it']);
  expect(detectAllLanguages(all.filter((text) => text === texts[1]))).toEqual(['de']);
});

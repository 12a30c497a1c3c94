import { expect, test } from 'vitest';
import { withBaseForms } from '../../src/topics/base-forms.js';
import { describeTopics } from '../../src/topics/describe.js';
import { Speller } from '../../src/topics/spelling.js';
import { FIRST_FORM, type Tokens, tokenize } from '../../src/topics/tokens.js';
import { Divider } from '../../src/topics/words.js';

const tokensOf = async (language: string, ...texts: string[]): Promise<Tokens> =>
  withBaseForms(await tokenize(texts, new Divider([language]), () => undefined), [language]);

/** The word that each form counts as. */
const basesOf = ({ forms, words, wordOf }: Tokens): Record<string, string> =>
  Object.fromEntries(forms.map((form, id) => [form, words[wordOf[id]]]));

test.each([
  ['ru', 'вирус', 'вируса', 'вирусом', 'вирусов'],
  ['ru', 'больница', 'больницы', 'больнице', 'больницей'],
  ['ru', 'заболевание', 'заболевания', 'заболеванием'],
  ['uk', 'хвороба', 'хвороби', 'хворобою'],
  ['pl', 'szczepionka', 'szczepionki', 'szczepionkę', 'szczepionce'],
  ['pl', 'badanie', 'badania', 'badaniem'],
  ['cs', 'nemocnice', 'nemocnici', 'nemocnicí'],
  ['hi', 'बीमारी', 'बीमारियाँ', 'बीमारियों'],
  ['hi', 'तरीका', 'तरीके', 'तरीकों'],
  ['el', 'πρόβλημα', 'προβλήματος', 'προβλήματα', 'προβλημάτων'],
  ['el', 'υπολογιστής', 'υπολογιστή', 'υπολογιστών'],
  ['el', 'θεώρηση', 'θεώρησης', 'θεωρήσεων'],
  ['tr', 'hastane', 'hastaneye', 'hastanede', 'hastanenin'],
])('%s: forms of %s are one word', async (language, base, ...forms) => {
  // The basic form stands most often.
  const bases = basesOf(await tokensOf(language, ...forms, base, `${base}. ${base}`));
  expect(bases).toEqual(Object.fromEntries([base, ...forms].map((form) => [form, base])));
});

test('a noun that texts use in the plural is shown in the plural', async () => {
  const bases = basesOf(await tokensOf('ru', 'вагоны', 'вагонов', 'вагонами', 'вагон'));
  expect(bases.вагонов).toBe('вагоны');
});

test.each([
  ['советник', ['советника', 'советником']],
  ['турагент', ['турагента', 'турагентом']],
  ['университет', ['университета', 'университете', 'университетов']],
])('the basic form %s follows from two others by its suffix', async (base, forms) => {
  const bases = basesOf(await tokensOf('ru', ...forms));
  expect(bases).toEqual(Object.fromEntries(forms.map((form) => [form, base])));
});

test('a Russian noun in -ении is neuter', async () => {
  const bases = basesOf(await tokensOf('ru', 'заведений', 'заведениях', 'заведении', 'заведения'));
  expect(new Set(Object.values(bases))).toEqual(new Set(['заведения']));
});

test('the basic form of a regular noun follows from three others', async () => {
  const bases = basesOf(await tokensOf('ru', 'в Африке', 'из Африки', 'в Африку', 'с Африкой'));
  expect(bases.Африке).toBe('африка');
});

test('the article before a Greek noun shows its basic form, also where no text has it', async () => {
  const bases = basesOf(
    await tokensOf(
      'el',
      'της σελήνης',
      'για την εικόνα',
      'της εικόνας',
      'της εικόνας',
      'τον πυρήνα',
      'τους στόχους',
    ),
  );
  expect(bases.σελήνης).toBe('σελήνη');
  expect(bases.εικόνας).toBe('εικόνα');
  expect(bases.πυρήνα).toBe('πυρήνας');
  expect(bases.στόχους).toBe('στόχοι');
});

test('a name is shown with its capital, also in a form that no text has', async () => {
  const tokens = await tokensOf('ru', 'в Африке', 'из Африки', 'в Африку', 'с Африкой');
  const at = tokens.stream.findIndex(
    (token) => token >= FIRST_FORM && tokens.forms[token - FIRST_FORM] === 'Африку',
  );
  expect(new Speller(tokens).spell({ at: Int32Array.of(at), before: 0, after: 0 })).toBe('Африка');
});

test('an ending that only one case has shows the basic form by itself', async () => {
  expect(basesOf(await tokensOf('ru', 'много приложений')).приложений).toBe('приложения');
  expect(basesOf(await tokensOf('pl', 'do aplikacji')).aplikacji).toBe('aplikacja');
  expect(basesOf(await tokensOf('hi', 'एथलीटों ने')).एथलीटों).toBe('एथलीट');
});

test('a Turkish word that is commoner than a shorter one is no form of it', async () => {
  // kanun: law; kan: blood.
  const bases = basesOf(await tokensOf('tr', 'kanun', 'yeni kanun', 'kanunu', 'kan'));
  expect(bases.kanun).toBe('kanun');
});

test('a Turkish name is no case of a shorter word', async () => {
  const bases = basesOf(await tokensOf('tr', 'Bir Alman vardı', 'Bir Alman geldi', 'Sonra Almanya kazandı'));
  expect(bases.Almanya).toBe('almanya');
});

test('small words are no forms of others', async () => {
  const bases = basesOf(await tokensOf('ru', 'том', 'тома', 'томов', 'при', 'прим'));
  expect(bases.том).toBe('том');
  expect(bases.при).toBe('при');
});

test('endings of a language say nothing about words of another one with the same letters', async () => {
  const tokens = await tokenize(
    ['car care cars', 'nowa szczepionka, nowe szczepionki'],
    new Divider(['pl']),
    () => undefined,
  );
  expect(withBaseForms(tokens, ['pl', 'en'])).toBe(tokens);
  expect(basesOf(withBaseForms(tokens, ['pl', 'ru'])).szczepionki).toBe('szczepionka');
});

test('German topics are named next to ones of a language with inflected forms', async () => {
  const german = [
    'Bei den Spielen war der Kunde im Spiel',
    'Nach den Spielen kamen Kunden',
    'Von Spielen der Kunden',
  ];
  const russian = ['Врачи изучают вирус', 'Много вирусов опасны', 'Нет вируса'];
  const { topics } = await describeTopics({
    texts: [...german, ...russian],
    labels: Int32Array.of(0, 0, 0, 1, 1, 1),
  });
  expect(topics[0].name).toContain('Spiel');
  expect(topics[1].name).toContain('Вирус');
});

test('words of languages without a table stay as they are', async () => {
  const tokens = await tokenize(['house houses'], new Divider(['en']), () => undefined);
  expect(withBaseForms(tokens, ['en'])).toBe(tokens);
});

test('Russian names are in the basic form, and keywords as the texts write them', async () => {
  const flu = [
    'Распространение этого вируса началось в больницах.',
    'Учёные боятся вируса из Африки.',
    'От вируса не спасают вакцины.',
    'Говорят, что вирус опасен.',
  ];
  const cars = [
    'Продажи автомобилей выросли.',
    'Завод собирает автомобили.',
    'Новый автомобиль показали на выставке.',
    'Водители автомобилей жалуются на дороги.',
  ];
  const { topics } = await describeTopics({
    texts: [...flu, ...cars],
    labels: Int32Array.from([...flu.map(() => 0), ...cars.map(() => 1)]),
    language: 'ru',
  });
  const [virus, car] = topics;
  expect(virus.name).toMatch(/^Вирус(?:,|$)/);
  expect(car.name).toMatch(/^Автомобили?(?:,|$)/);
  expect(virus.keywords).toContain('вируса');
});

test('a phrase of two inflected words is shown as it stands in the basic form elsewhere', async () => {
  const tokens = await tokensOf(
    'ru',
    'Экипаж подводной лодки спасся.',
    'У подводных лодок были торпеды.',
    'Это были подводные лодки.',
    'подводная, подводной, подводных, лодка, лодки, лодок',
  );
  const at = tokens.stream.findIndex(
    (token) => token >= FIRST_FORM && tokens.forms[token - FIRST_FORM] === 'лодок',
  );
  expect(new Speller(tokens).spell({ at: Int32Array.of(at), before: 1, after: 0 })).toBe('подводные лодки');
});

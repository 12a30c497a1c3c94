import { expect, test } from 'vitest';
import { hasAgreement, inBasicForm, nounBeside } from '../../src/topics/agreement.js';

test.each([
  ['ru', 'текстового редактора', 'текстовый редактор'],
  ['ru', 'графической карте', 'графическая карта'],
  ['ru', 'синюю птицу', 'синяя птица'],
  ['ru', 'нового устройства', 'новое устройство'],
  ['ru', 'химических формул', 'химические формулы'],
  ['ru', 'цифровыми технологиями', 'цифровые технологии'],
  ['ru', 'международной организации', 'международная организация'],
  ['ru', 'Космического корабля', 'Космический корабль'],
  ['uk', 'звукового сервера', 'звуковий сервер'],
  ['uk', 'хімічних структур', 'хімічні структури'],
  ['uk', 'світової війни', 'світова війна'],
  ['pl', 'wojny światowej', 'wojna światowa'],
  ['pl', 'linii lotniczych', 'linie lotnicze'],
  ['pl', 'igrzysk olimpijskich', 'igrzyska olimpijskie'],
  ['pl', 'ciemną materią', 'ciemna materia'],
  ['pl', 'tragicznego wypadku', 'tragiczny wypadek'],
])('%s: "%s" is shown as "%s"', (language, name, basic) => {
  expect(inBasicForm(name, language)).toBe(basic);
});

test.each([
  ['ru', 'подводные лодки'],
  ['ru', 'система управления'],
  ['ru', 'звуковой сервер'],
  ['ru', 'президент США'],
  ['uk', 'види спорту'],
  ['pl', 'okręty podwodne'],
  ['pl', 'USA Gymnastics'],
])('%s: "%s" stays as it is', (language, name) => {
  expect(inBasicForm(name, language)).toBe(name);
});

test('a noun is known by the adjective or the preposition next to it, and by neither alone', () => {
  expect(nounBeside('фильма', 'нового', undefined, 'ru')).toBe('фильм');
  expect(nounBeside('фильма', 'для', undefined, 'ru')).toBe('фильм');
  expect(nounBeside('системы', 'из', undefined, 'ru')).toBe('система');
  expect(nounBeside('фильма', 'и', 'о', 'ru')).toBeUndefined();
  expect(nounBeside('wojny', undefined, 'światowej', 'pl')).toBe('wojna');
  // Adjectives themselves are no nouns.
  expect(nounBeside('химических', 'новых', undefined, 'ru')).toBeUndefined();
});

test('only languages with tables agree', () => {
  expect(['ru', 'uk', 'pl'].every(hasAgreement)).toBe(true);
  expect([undefined, 'en', 'de'].some(hasAgreement)).toBe(false);
});

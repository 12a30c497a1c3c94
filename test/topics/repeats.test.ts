import { expect, test } from 'vitest';
import { withoutRepeats } from '../../src/topics/repeats.js';

test.each([
  [
    ['top-up', 'top up', 'work'],
    ['top-up', 'work'],
  ],
  [
    ['filesystem', 'file system', 'disk'],
    ['filesystem', 'disk'],
  ],
  [
    ['logging', 'logs', 'logger', 'logic'],
    ['logging', 'logic'],
  ],
  [
    ['development', 'SharePoint', 'developers', 'develop'],
    ['development', 'SharePoint'],
  ],
  [
    ['verification', 'verify', 'version'],
    ['verification', 'version'],
  ],
  [
    ['station', 'statement'],
    ['station', 'statement'],
  ],
  [
    ['JavaScript', 'JS', 'browser'],
    ['JavaScript', 'browser'],
  ],
  [
    ['timezone', 'zone', 'london'],
    ['timezone', 'london'],
  ],
  [
    ['Züge', 'Zug', 'Schienen'],
    ['Züge', 'Schienen'],
  ],
  [['exchange rates', 'exchange', 'rate'], ['exchange rates']],
  [
    ['islas', 'isla', 'mar'],
    ['islas', 'mar'],
  ],
  [['elección', 'eleccion'], ['elección']],
  [
    ['CDs', 'CD', 'DVDs'],
    ['CDs', 'DVDs'],
  ],
  [['CD', "cd'er"], ['CD']],
  [
    ['hra', 'hry', 'skládačka'],
    ['hra', 'skládačka'],
  ],
  [
    ['المعابد', 'معبد', 'مهرجان'],
    ['المعابد', 'مهرجان'],
  ],
  [
    ['القطط', 'القطن'],
    ['القطط', 'القطن'],
  ],
  [
    ['гра', 'гри', 'клон'],
    ['гра', 'клон'],
  ],
  [
    ['data', 'date'],
    ['data', 'date'],
  ],
  [
    ['war', 'warning'],
    ['war', 'warning'],
  ],
  [
    ['Australia', 'Austria'],
    ['Australia', 'Austria'],
  ],
  [
    ['SEC', 'Securities and Exchange Commission', 'fraud'],
    ['SEC', 'fraud'],
  ],
  [
    ['General Motors', 'GM', 'hybrid'],
    ['General Motors', 'hybrid'],
  ],
  [
    ['Formula One', 'F1', 'race'],
    ['Formula One', 'race'],
  ],
  [
    ['Qt', 'Qt5', 'Python', 'Python3', 'MP3'],
    ['Qt', 'Python', 'MP3'],
  ],
  [
    ['NodeJS', 'Node.js', 'Vue.js', 'Vue'],
    ['NodeJS', 'Vue.js'],
  ],
  [
    ['cheque', 'check', 'desk'],
    ['cheque', 'desk'],
  ],
  [
    ['oil prices', 'oil company'],
    ['oil prices', 'oil company'],
  ],
  [
    ['電車', '自転車', '車'],
    ['電車', '自転車', '車'],
  ],
])('of %j, %j are left', (parts, left) => {
  expect(withoutRepeats(parts, (part) => part)).toEqual(left);
});

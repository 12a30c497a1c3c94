import { describe, expect, test } from 'vitest';
import { typeColumn } from '../../src/map/columns.js';

const days = (column: ReturnType<typeof typeColumn>) =>
  Array.from(column.numbers ?? [], (time) =>
    Number.isNaN(time) ? null : new Date(time).toISOString().slice(0, 16),
  );

describe('what a column holds', () => {
  test('numbers keep their spelling only where it differs', () => {
    const plain = typeColumn('n', ['1', '2.5', '-3', '1e3', '']);
    expect(plain.kind).toBe('number');
    expect([...plain.numbers!]).toEqual([1, 2.5, -3, 1000, Number.NaN]);
    expect(plain.strings).toEqual(['1', '2.5', '-3', '1e3', '']);
    expect(typeColumn('n', [1, 2.5, null, 4]).strings).toBeUndefined();
  });

  test.each([
    ['currency', ['$12.30', '$1,234', 'US$ 5', '€7.50', '−3'], [12.3, 1234, 5, 7.5, -3]],
    ['decimal commas', ['12,30', '1.234,5', '7', '1.234'], [12.3, 1234.5, 7, 1234]],
    ['grouped thousands', ['1,234', '12,345,678', '999'], [1234, 12_345_678, 999]],
    ['groups by dots', ['1.234.567', '2.000'], [1_234_567, 2000]],
    ['percent', ['12.5 %', '3%', 'N/A'], [12.5, 3, Number.NaN]],
    ['spaces and apostrophes between groups', ['1 234', "12'000", '5\u00a0000,5'], [1234, 12_000, 5000.5]],
    ['brackets for less than zero', ['(12.50)', '3.00'], [-12.5, 3]],
  ])('numbers as people write them: %s', (_, cells, wanted) => {
    const column = typeColumn('price', cells);
    expect(column.kind).toBe('number');
    expect([...column.numbers!]).toEqual(wanted);
    expect(column.strings).toEqual(cells);
  });

  test('words with numbers, versions and addresses are no numbers', () => {
    for (const cells of [
      ['3 apples', '4 pears'],
      ['1.2.3', '1.10.4'],
      ['192.168.1.10', '10.0.0.1'],
    ])
      expect(typeColumn('n', [...cells, ...cells]).kind).not.toBe('number');
  });

  test('a column of years is a time; other whole numbers are not', () => {
    const years = typeColumn('Year', ['2004', '1999', '']);
    expect(years.kind).toBe('date');
    expect(days(years)).toEqual(['2004-01-01T00:00', '1999-01-01T00:00', null]);
    expect([years.unit, years.strings]).toEqual(['year', ['2004', '1999', '']]);
    expect(typeColumn('publication_year', [2004, 2023]).kind).toBe('date');
    expect(typeColumn('yearly sales', [2004, 2023]).kind).toBe('number');
    expect(typeColumn('year', [12, 2023]).kind).toBe('number');
  });

  test('dates have the precision that they are written with', () => {
    expect(typeColumn('d', ['2004-03-01', '2005-01-01', '2004-06-01']).unit).toBe('month');
    expect(typeColumn('d', ['2004-03-02', '2005-01-01']).unit).toBe('day');
    expect(typeColumn('d', ['2004-03-02T10:30', '2005-01-01']).unit).toBe('minute');
  });

  test('one or two words among many numbers or dates are missing values; letters among few numbers are codes', () => {
    const prices = Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? 'k. A.' : `${i},50 €`));
    const typed = typeColumn('Umsatz', prices);
    expect(typed.kind).toBe('number');
    expect([...(typed.numbers ?? [])].slice(0, 3)).toEqual([Number.NaN, 1.5, 2.5]);
    const days = Array.from({ length: 40 }, (_, i) =>
      i % 5 === 0 ? 'unbekannt' : `${1 + (i % 28)}.02.2020`,
    );
    expect(typeColumn('Datum', days).kind).toBe('date');
    const grades = Array.from({ length: 40 }, (_, i) => (i % 4 === 0 ? 'A' : String(i % 5)));
    expect(typeColumn('grade', grades).kind).toBe('category');
  });

  test('pictures in cells are no categories', () => {
    const pictures = Array.from({ length: 20 }, (_, i) => (i < 10 ? 'data:image/png;base64,AAAA' : ''));
    expect(typeColumn('Bild', pictures).kind).toBe('text');
  });

  test('codes with leading zeros are categories, not numbers', () => {
    expect(typeColumn('zip', ['01067', '04109', '01067', '01067', '04109']).kind).toBe('category');
  });

  test('missing words are missing', () => {
    const column = typeColumn('n', ['3', 'n/a', 'NULL', '-', '4']);
    expect([...column.numbers!]).toEqual([3, Number.NaN, Number.NaN, Number.NaN, 4]);
  });

  test.each([
    ['ISO days', ['2004-08-01', '2004-12-31'], ['2004-08-01T00:00', '2004-12-31T00:00']],
    [
      'ISO times with zones',
      ['2004-08-01T10:30:00+02:00', '2004-08-01 08:30Z'],
      ['2004-08-01T08:30', '2004-08-01T08:30'],
    ],
    [
      'days with slashes, recognised by one over 12',
      ['03/04/2005', '25/04/2005'],
      ['2005-04-03T00:00', '2005-04-25T00:00'],
    ],
    [
      'months first, recognised by one over 12',
      ['03/04/2005', '04/25/2005'],
      ['2005-03-04T00:00', '2005-04-25T00:00'],
    ],
    ['German days', ['03.04.2005', '05.06.2005 14:15'], ['2005-04-03T00:00', '2005-06-05T14:15']],
    ["a spreadsheet's days", ['31-Jul-18', '4-Mar-99'], ['2018-07-31T00:00', '1999-03-04T00:00']],
    ['years of two digits', ['7/31/18', '12/1/29 14:05'], ['2018-07-31T00:00', '2029-12-01T14:05']],
    ['years of two digits after dots', ['31.07.18', '01.02.30'], ['2018-07-31T00:00', '1930-02-01T00:00']],
    ['spelled months', ['Mar 4, 2005', '5 April 2005'], ['2005-03-04T00:00', '2005-04-05T00:00']],
    [
      'mail dates',
      ['Tue, 01 Mar 2005 10:00:00 GMT', 'Wed, 02 Mar 2005 10:00:00 +0100'],
      ['2005-03-01T10:00', '2005-03-02T09:00'],
    ],
  ])('%s are dates', (_name, values, expected) => {
    const column = typeColumn('when', values);
    expect(column.kind).toBe('date');
    expect(days(column)).toEqual(expected);
    expect(column.strings).toEqual(values);
  });

  test('versions are no dates', () => {
    expect(typeColumn('version', ['1.4.12', '13.4.10', '1.10.13', '1.4.12']).kind).not.toBe('date');
  });

  test('dates with slashes in undecidable order are no dates', () => {
    expect(typeColumn('when', ['03/04/2005', '05/06/2005', '03/04/2005', '05/06/2005']).kind).toBe(
      'category',
    );
  });

  test('seconds since 1970 are dates only in a column whose name suggests a time', () => {
    expect(days(typeColumn('created_at', [1_100_000_000]))).toEqual(['2004-11-09T11:33']);
    expect(days(typeColumn('timestamp', [1_100_000_000_000]))).toEqual(['2004-11-09T11:33']);
    expect(typeColumn('price', [1_100_000_000]).kind).toBe('number');
  });

  test('few different values are categories by size, many are text', () => {
    const column = typeColumn('section', ['b', 'a', 'a', null, 'b', 'a']);
    expect(column.kind).toBe('category');
    expect(column.categories).toEqual(['a', 'b']);
    expect([...column.codes!]).toEqual([1, 0, 0, -1, 1, 0]);
    expect(typeColumn('title', ['one', 'two', 'three', 'four', 'five', 'six']).kind).toBe('text');
    expect(typeColumn('empty', [null, '', null]).kind).toBe('text');
  });
});

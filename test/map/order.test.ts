import { describe, expect, test } from 'vitest';
import { markedInOrder, Orders, rowsByValue } from '../../src/map/page/order.js';

/** As rowsByValue, by comparisons. */
function compared(values: ArrayLike<number>, isDown: boolean): number[] {
  return Array.from({ length: values.length }, (_, row) => row).sort((a, b) => {
    const [x, y] = [values[a], values[b]];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y)) || a - b;
    return (isDown ? y - x : x - y) || a - b;
  });
}

describe('rows by value', () => {
  const special = [
    0,
    -0,
    1,
    -1,
    1e-310,
    -1e-310,
    1e300,
    -1e300,
    Number.NaN,
    3.5,
    3.5,
    -3.5,
    2 ** 53,
    Number.NaN,
    1,
  ];
  const spread = Float64Array.from({ length: 5000 }, (_, i) => Math.tan(i * i) * 10 ** ((i % 37) - 18));
  const times = Float64Array.from({ length: 3000 }, (_, i) => Date.UTC(2004, 0, (i * 7919) % 900));

  test.each<[string, ArrayLike<number>]>([
    ['signs, zeros, tiny and missing numbers', special],
    ['numbers over many magnitudes', spread],
    ['times', times],
    ['float32 scores', Float32Array.from(spread)],
    ['one number alone', [7]],
    ['nothing', []],
    ['equal numbers', new Float64Array(70_000)],
  ])('%s are in the order that comparisons give, up and down', (_, values) => {
    for (const isDown of [false, true])
      expect([...rowsByValue(values, isDown)]).toEqual(compared(values, isDown));
  });

  test('infinite numbers are at the ends, before missing ones', () => {
    const values = [Infinity, Number.NaN, 2, -Infinity];
    expect([...rowsByValue(values, false)]).toEqual([3, 2, 0, 1]);
    expect([...rowsByValue(values, true)]).toEqual([0, 2, 3, 1]);
  });

  test('only marked rows are taken, and an order is made once', () => {
    const orders = new Orders();
    const values = Float64Array.of(4, 8, 6, 2);
    const order = orders.of(values, true);
    expect(orders.of(values, true)).toBe(order);
    expect(orders.of(values, false)).not.toBe(order);
    expect([...markedInOrder(order, Uint8Array.of(1, 0, 1, 1), 3)]).toEqual([2, 0, 3]);
    expect([...markedInOrder(order, new Uint8Array(4), 0)]).toEqual([]);
  });
});

/** A number with its digits in groups of three: "1,204". The first call of `toLocaleString` takes some hundredths of a second. */
export const grouped = (value: number): string =>
  Number.isSafeInteger(value)
    ? String(value).replace(/\B(?=(?:\d{3})+$)/g, ',')
    : value.toLocaleString('en-US');

/** A count with its noun, the plural where it isn't 1: "1 row", "1,204 rows", "1 match" and "2 matches". */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${grouped(count)} ${count === 1 ? one : many}`;

/**
 * A share as "79 %", or with `digits` behind the point. Only nothing is "0 %" and only all is "100 %": what would be rounded
 * to them is "<1 %" and "99 %".
 *
 * @param share 0 to 1
 */
export function percent(share: number, digits = 0): string {
  const step = 10 ** -digits;
  if (share === 0) return '0 %';
  if (100 * share < step / 2) return `<${step} %`;
  const most = share < 1 ? 100 - step : 100;
  return `${Math.min(100 * share, most).toFixed(digits)} %`;
}

/** The share of a part in a whole, as `percent` writes it; of nothing, "0 %". */
export const percentOf = (part: number, whole: number, digits = 0): string =>
  percent(whole === 0 ? 0 : part / whole, digits);

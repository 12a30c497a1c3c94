/** 1 / (1 + a·x^2b): how close two points at distance x lie in the layout, 1 to 0. */
export interface Curve {
  a: number;
  b: number;
}

/** Distances at which the curve is fitted, from 0 to three spreads. */
const SAMPLES = 300;

/**
 * The a and b whose curve is closest, in least squares, to 1 up to `minDist` and exp(−(x − minDist) / spread)
 * beyond (McInnes, Healy and Melville 2018, section 3.2), by Levenberg's and Marquardt's method. minDist 0.1 and
 * spread 1 give 1.577 and 0.895.
 */
export function fitCurve(minDist: number, spread: number): Curve {
  const x = Float64Array.from({ length: SAMPLES }, (_, i) => (3 * spread * i) / (SAMPLES - 1));
  const y = x.map((xi) => (xi < minDist ? 1 : Math.exp(-(xi - minDist) / spread)));
  const loss = (a: number, b: number): number => {
    let sum = 0;
    for (let i = 0; i < SAMPLES; i++) sum += (1 / (1 + a * x[i] ** (2 * b)) - y[i]) ** 2;
    return sum;
  };
  // For a spread s, a is about 1 / s^2b.
  let b = 1;
  let a = spread ** -2;
  let current = loss(a, b);
  let damping = 1e-3;
  for (let round = 0; round < 500 && damping < 1e12; round++) {
    let [aa, ab, bb, ra, rb] = [0, 0, 0, 0, 0];
    for (let i = 1; i < SAMPLES; i++) {
      const power = x[i] ** (2 * b);
      const value = 1 / (1 + a * power);
      const slopeA = -power * value * value;
      const slopeB = slopeA * 2 * a * Math.log(x[i]);
      const rest = y[i] - value;
      aa += slopeA * slopeA;
      ab += slopeA * slopeB;
      bb += slopeB * slopeB;
      ra += slopeA * rest;
      rb += slopeB * rest;
    }
    const [dampedA, dampedB] = [aa * (1 + damping), bb * (1 + damping)];
    const determinant = dampedA * dampedB - ab * ab;
    const stepA = (ra * dampedB - rb * ab) / determinant;
    const stepB = (rb * dampedA - ra * ab) / determinant;
    const next = a + stepA > 0 && b + stepB > 0 ? loss(a + stepA, b + stepB) : Number.POSITIVE_INFINITY;
    if (!(next <= current)) {
      damping *= 10;
      continue;
    }
    a += stepA;
    b += stepB;
    if (current - next <= 1e-15 * current) break;
    current = next;
    damping /= 10;
  }
  return { a, b };
}

/**
 * Positions for rows without neighbours: evenly on a circle around the `points` (rows × components), in the first two
 * dimensions; in one dimension to the right of them. A single spot with no points is the origin.
 */
export function outsideSpots(points: Float32Array, components: number, spots: number): Float32Array {
  const out = new Float32Array(spots * components);
  const rows = points.length / components;
  if (rows === 0 && spots === 1) return out;
  const low = new Float64Array(components).fill(rows === 0 ? 0 : Number.POSITIVE_INFINITY);
  const high = new Float64Array(components).fill(rows === 0 ? 0 : Number.NEGATIVE_INFINITY);
  for (let at = 0; at < points.length; at++) {
    const d = at % components;
    low[d] = Math.min(low[d], points[at]);
    high[d] = Math.max(high[d], points[at]);
  }
  const centre = low.map((value, d) => (value + high[d]) / 2);
  let radius = 0;
  for (let i = 0; i < rows; i++) {
    let square = 0;
    for (let d = 0; d < Math.min(2, components); d++) square += (points[i * components + d] - centre[d]) ** 2;
    radius = Math.max(radius, Math.sqrt(square));
  }
  radius = 1.1 * radius + 1;
  for (let s = 0; s < spots; s++) {
    out.set(centre, s * components);
    const angle = (2 * Math.PI * s) / spots;
    if (components === 1) out[s] += radius + 0.1 * s;
    else {
      out[s * components] += radius * Math.cos(angle);
      out[s * components + 1] += radius * Math.sin(angle);
    }
  }
  return out;
}

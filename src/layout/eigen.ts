/** Eigenvalues, largest first, and eigenvectors as the columns of a row-major matrix. */
export interface Eigen {
  values: Float64Array;
  vectors: Float64Array;
}

/** All eigenvectors of a small symmetric matrix (row-major, size × size), by Jacobi's rotations. */
export function symmetricEigen(matrix: Float64Array, size: number): Eigen {
  const a = matrix.slice();
  const q = new Float64Array(size * size);
  let norm = 0;
  for (let i = 0; i < size; i++) q[i * size + i] = 1;
  for (const value of a) norm += value * value;
  for (let sweep = 0; sweep < 60; sweep++) {
    let off = 0;
    for (let i = 0; i < size; i++) for (let j = i + 1; j < size; j++) off += a[i * size + j] ** 2;
    if (off <= 1e-28 * norm) break;
    for (let i = 0; i < size; i++) for (let j = i + 1; j < size; j++) rotatePair(a, q, size, i, j);
  }
  const order = Array.from({ length: size }, (_, i) => i).sort(
    (i, j) => a[j * size + j] - a[i * size + i] || i - j,
  );
  const values = Float64Array.from(order, (i) => a[i * size + i]);
  const vectors = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++)
      vectors[row * size + column] = q[row * size + order[column]];
  }
  return { values, vectors };
}

/** Turns the plane of i and j so that a[i, j] becomes 0. */
function rotatePair(a: Float64Array, q: Float64Array, size: number, i: number, j: number): void {
  const apq = a[i * size + j];
  if (apq === 0) return;
  const theta = (a[j * size + j] - a[i * size + i]) / (2 * apq);
  const t = (theta >= 0 ? 1 : -1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < size; k++) {
    const [x, y] = [a[k * size + i], a[k * size + j]];
    a[k * size + i] = c * x - s * y;
    a[k * size + j] = s * x + c * y;
  }
  for (let k = 0; k < size; k++) {
    const [x, y] = [a[i * size + k], a[j * size + k]];
    a[i * size + k] = c * x - s * y;
    a[j * size + k] = s * x + c * y;
    const [u, v] = [q[k * size + i], q[k * size + j]];
    q[k * size + i] = c * u - s * v;
    q[k * size + j] = s * u + c * v;
  }
}

import type { Hdbscan } from '../hdbscan/index.js';
import { insertInvalid } from '../hdbscan/invalid-rows.js';
import type { Documents } from './documents.js';

/** A fit of the documents as one of all table rows. */
export function fitOfRows(fit: Hdbscan, documents: Documents): Hdbscan {
  if (documents.isWhole) return fit;
  const { points } = fit;
  const whole = insertInvalid(fit, documents.tableRows, documents.count);
  return points ? { ...whole, points: documents.spreadMatrix(points) } : whole;
}

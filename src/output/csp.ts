import { createHash } from 'node:crypto';

/** The source of a Content-Security-Policy that allows one inline script or style: that of this text. */
export const inlineSource = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

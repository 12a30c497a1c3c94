import { expect, test } from 'vitest';
import { readLabel } from '../../src/topics/label.js';

test.each([
  [
    '{"name": "Port strikes", "summary": "Dockers stop work."}',
    { name: 'Port strikes', summary: 'Dockers stop work.' },
  ],
  ['{"name": "Port strikes."}', { name: 'Port strikes' }],
  ['Sure:\n```json\n{"name": "Port strikes", "summary": 7}\n```', { name: 'Port strikes' }],
  ['{"name": "Port strikes", "summary": "<img src=x onerror=alert(1)>"}', { name: 'Port strikes' }],
  ['{"name": "Port strikes", "summary": "two\\nlines"}', { name: 'Port strikes' }],
  [`{"name": "Port strikes", "summary": "${'long '.repeat(100)}"}`, { name: 'Port strikes' }],
  ['{"name": "<b>Port</b>", "summary": "Dockers stop work."}', undefined],
  ['{"name": "Port\\nstrikes", "summary": ""}', undefined],
  ['{"name": "[Port](javascript:alert(1))"}', undefined],
  ['{"name": "", "summary": "Dockers stop work."}', undefined],
  ['{"title": "Port strikes"}', undefined],
  ['Port strikes', { name: 'Port strikes' }],
])('%s is read as %j', (response, label) => {
  expect(readLabel(response)).toEqual(label);
});

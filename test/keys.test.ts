import { describe, expect, test } from 'vitest';
import { UserError } from '../src/errors.js';
import { endpointAddress, endpointKey, keyAdvice } from '../src/keys.js';

const openai = { OPENAI_API_KEY: 'sk-openai' };

describe('OPENAI_API_KEY', () => {
  test('goes to OpenAI and to the address in OPENAI_BASE_URL', () => {
    expect(endpointKey('https://api.openai.com/v1', undefined, openai)).toBe('sk-openai');
    const moved = { ...openai, OPENAI_BASE_URL: 'http://gateway:8080/openai/v1' };
    expect(endpointKey('http://gateway:8080/openai/v1', undefined, moved)).toBe('sk-openai');
    expect(endpointKey('https://api.openai.com/v1', undefined, moved)).toBeUndefined();
  });

  test.each([
    'http://127.0.0.1:8080/v1',
    'http://api.openai.com/v1', // without TLS
    'https://api.openai.com:8443/v1',
    'https://api.openai.com.example.org/v1',
    'https://api.openai.com@example.org/v1',
    'https://example.org/https://api.openai.com/v1',
    'nowhere',
  ])('does not go to %s', (address) => {
    expect(endpointKey(address, undefined, openai)).toBeUndefined();
  });
});

test('DENSCAPE_API_KEY goes to DENSCAPE_BASE_URL and nowhere else', () => {
  const own = { DENSCAPE_API_KEY: 'sk-own', DENSCAPE_BASE_URL: 'http://h:1/v1', ...openai };
  expect(endpointKey('http://h:1/v1', undefined, own)).toBe('sk-own');
  expect(endpointKey('http://h:2/v1', undefined, own)).toBeUndefined();
  expect(endpointKey('http://h:2/v1', undefined, { DENSCAPE_API_KEY: 'sk-own' })).toBeUndefined();
  expect(endpointAddress(undefined, own)).toBe('http://h:1/v1');
});

test('a key that was given goes to the address that was given', () => {
  expect(endpointKey('http://h:1/v1', 'sk-given', openai)).toBe('sk-given');
  expect(endpointKey('https://api.openai.com/v1', '', openai)).toBeUndefined();
});

test('a key with a line break is refused without being shown', () => {
  const attempt = () => endpointKey('http://h:1/v1', 'sk-first\nsecond');
  expect(attempt).toThrow(UserError);
  expect(attempt).toThrow(/line break/);
  expect(attempt).not.toThrow(/sk-first|second\b/);
});

test('advice says why no key was sent and how to give one', () => {
  expect(keyAdvice('http://h:1/v1', undefined, openai)).toMatch(
    /^OPENAI_API_KEY goes to api\.openai\.com only; .*--api-key @FILE/,
  );
  expect(keyAdvice('https://api.openai.com/v1', undefined, openai)).toBe('check OPENAI_API_KEY');
  expect(keyAdvice('http://h:1/v1', undefined, {})).toMatch(/^no API key is set/);
});

import { describe, expect, test } from 'vitest';
import { redactContacts, redaction } from '../../src/language-model/redact.js';

describe('redactContacts', () => {
  test.each([
    ['write to ana.maria+news@mail.example.co.uk today', 'write to [email] today'],
    ['<ana@example.org>, bo@example.org;', '<[email]>, [email];'],
    ['müller@büro.example', '[email]'],
    ['ana [at] example [dot] org', '[email]'],
    ['ana(at)example.org', '[email]'],
  ])('the address in %j goes', (text, redacted) => {
    expect(redactContacts(text)).toBe(redacted);
  });

  test.each([
    ['card 4111 1111 1111 1111 expired', 'card [card] expired'],
    ['4111111111111111', '[card]'],
    ['4111-1111-1111-1111.', '[card].'],
    ['amex 3782 822463 10005', 'amex [card]'],
    ['４１１１　１１１１　１１１１　１１１１', '[card]'],
  ])('the card number in %j goes', (text, redacted) => {
    expect(redactContacts(text)).toBe(redacted);
  });

  test.each([
    ['call +49 30 901820 now', 'call [phone] now'],
    ['+1 (555) 123-4567', '[phone]'],
    ['(555) 123-4567', '[phone]'],
    ['555-123-4567 or 555.123.4568', '[phone] or [phone]'],
    ['on 2024-11-26 555-123-4567 rang', 'on 2024-11-26 [phone] rang'],
    ['ring 030 1234567', 'ring [phone]'],
    ['06 12 34 56 78', '[phone]'],
    ['06.12.34.56.78', '[phone]'],
    ['Tel.: 5551234', 'Tel.: [phone]'],
    ['电话 13912345678', '电话 [phone]'],
    ['اتصل ٠١٢٣٤٥٦٧٨٩', 'اتصل [phone]'],
    ['0049 30 901820', '[phone]'],
    ['+44 20 7946 0958, +44 20 7946 0959', '[phone], [phone]'],
  ])('the telephone number in %j goes', (text, redacted) => {
    expect(redactContacts(text)).toBe(redacted);
  });

  test.each([
    'on 2024-11-26, 26.11.2024 and 11/26/2024 at 10:30',
    'from 1990-2024 and 1998 2004',
    'sold 1,234,567 or 1 234 567 or 1.234.567 units for $1234567 and €12345678',
    '4111 1111 1111 1112 fails the check',
    'pi is 3.14159265',
    'order 12345678 of 2024',
    'room 12, floor 3, flight 370',
    'an @mention and a @ sign',
  ])('%j stays', (text) => {
    expect(redactContacts(text)).toBe(text);
  });

  test('long runs of digits take time in proportion to their length', () => {
    expect(redactContacts('1-'.repeat(100_000))).toHaveLength(200_000);
    expect(redactContacts(`${'a.'.repeat(50_000)}@`)).toHaveLength(100_001);
  });
});

test("a caller's function gives the text to send, and must give a text", async () => {
  expect(await redaction(async (text) => text.toUpperCase())('ana')).toBe('ANA');
  await expect(redaction((() => undefined) as never)('ana')).rejects.toThrow(
    'redact must return a text; it returned undefined',
  );
});

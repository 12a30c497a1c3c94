import { expect, test } from 'vitest';
import { withoutFormulas } from '../../src/topics/letters.js';

test.each([
  ['Dear Customer Support Team,\n\nthe printer jams again.', 'the printer jams again.'],
  ['Hello team, the printer jams again', 'the printer jams again'],
  ['The printer jams.\nBest regards,\nAnn Smith\nSales', 'The printer jams.\n'],
  ['Hi!\nThe printer jams. Thank you for your help.', 'The printer jams. '],
  [
    'Sehr geehrtes Support-Team,\nder Drucker klemmt.\nMit freundlichen Grüßen\nAnna',
    'der Drucker klemmt.\n',
  ],
  ['Estimado equipo: la impresora no funciona. Saludos cordiales, Ana', 'la impresora no funciona. '],
  ['Bonjour Madame,\nmon imprimante est en panne.\nCordialement, Anne', 'mon imprimante est en panne.\n'],
  ['Уважаемая служба поддержки, принтер не работает снова', 'принтер не работает снова'],
  ['您好，打印机坏了', '打印机坏了'],
  ['お世話になっております。プリンターが動きません。', 'プリンターが動きません。'],
  ['Where is my parcel? It has not moved. Best, Ann', 'Where is my parcel? It has not moved. '],
  [
    'My parcel has not moved.\nKind regards,\nAnn\nAcme Inc.\n+49 1 2345\na@example.org',
    'My parcel has not moved.\n',
  ],
  ['My parcel has not moved.\n-- \nAnn Miller\nwww.example.org', 'My parcel has not moved.\n'],
  [
    'In article <93@uni.example>, ann@uni.example (Ann Miller) writes:\n>The clutch slips.',
    ' ann@uni.example writes:\n>The clutch slips.',
  ],
  ['ann@uni.example\n> (Ann Miller) wrote: it slips', 'ann@uni.example wrote: it slips'],
  ['From: Ann Miller <ann@uni.example> The clutch slips', 'From: <ann@uni.example> The clutch slips'],
  ['A history of computing (2007) [pdf]', 'A history of computing (2007)'],
  ['Matching types in an example [Scala]', 'Matching types in an example [Scala]'],
  ['My parcel has not moved. - Ann', 'My parcel has not moved. '],
  ['My parcel has not moved.\n\nAnn Miller', 'My parcel has not moved.'],
  ['My parcel has not moved.\nSent from my phone', 'My parcel has not moved.\n'],
  ['Das Paket ist weg, seit gestern. LG Anna', 'Das Paket ist weg, seit gestern. '],
  ['Mein Name ist Anna Müller und das Paket fehlt', ' und das Paket fehlt'],
  ['소포가 아직 오지 않았습니다.\n감사합니다.\n김철수', '소포가 아직 오지 않았습니다.\n'],
  ['السلام عليكم، الطابعة لا تعمل اليوم', 'الطابعة لا تعمل اليوم'],
])('%j is read as %j', (text, read) => {
  expect(withoutFormulas(text)).toBe(read);
});

test.each([
  'hi there, hello',
  'The dear leader, said the radio, is well',
  'Hinges of the door, and its lock, are new',
  'Regards are sent. Then the letter goes on for a while about this and that, and about nothing at all, and it ends with a word.',
  'thanks',
  'Prices of Samsung, LG and Sony fell again',
  'my name is nick, please change it',
  'Write to info@shop.example for parcels (of any size)',
  'An article <of faith> (a long one) @home',
  'We take care of it, take care of your parcel as well',
  'السلام عليكم، الطابعة',
])('%j has no formula that could go', (text) => {
  expect(withoutFormulas(text)).toBe(text);
});

test('a text of a megabyte is read in no time', () => {
  const text = `${'hi '.repeat(300_000)}\n`.repeat(2);
  expect(withoutFormulas(text)).toBe(text);
});

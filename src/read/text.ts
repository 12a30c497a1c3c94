import { UserError } from '../errors.js';
import type { Watch } from '../progress.js';
import type { Cell } from './cell.js';
import { noFinding, note } from './report.js';
import type { Table } from './table.js';

/** Which columns make the text, and how that was decided. */
export interface TextChoice {
  columns: string[];
  guessed: boolean;
  /** One clause for the user. */
  why: string;
}

// Words for a heading and for running text in the languages of most CSV files we meet.
const TITLES =
  'title headline heading subject titel überschrift betreff schlagzeile titre sujet objet título titulo asunto titular titolo oggetto onderwerp kop tytuł temat rubrik ämne tittel otsikko başlık konu заголовок тема název předmět cím tárgy 标题 題名 標題 タイトル 件名 見出し 제목 العنوان عنوان शीर्षक শিরোনাম หัวข้อ ชื่อเรื่อง judul'.split(
    ' ',
  );
const BODIES =
  'text texts document doc description desc body content message msg comment comments review feedback summary abstract article post tweet question answer response note notes complaint transcript utterance sentence paragraph story snippet ticket verbatim beschreibung inhalt nachricht kommentar bewertung zusammenfassung antwort frage artikel texte contenu commentaire avis résumé réponse texto descripción descripcion contenido mensaje comentario reseña resumen respuesta descrição descricao conteúdo conteudo mensagem avaliação testo descrizione contenuto messaggio commento recensione tekst beschrijving bericht opis treść komentarz текст описание содержание сообщение комментарий отзыв metin açıklama içerik yorum mesaj 内容 描述 正文 文本 评论 摘要 說明 本文 テキスト 説明 コメント 記事 概要 内容 내용 본문 설명 댓글 النص الوصف المحتوى تعليق विवरण पाठ टिप्पणी ข้อความ เนื้อหา รายละเอียด teks isi deskripsi'.split(
    ' ',
  );
const NEVER =
  'id ids uuid url link href date time datetime timestamp count length len size lang language author user type status score rating email number num nr no category label class tag tags source version hash'.split(
    ' ',
  );
const SAMPLE = 2000;

/**
 * The columns whose text is clustered: the requested ones (in a text, with commas between, unless a column has just that
 * name), or a heading and a body by their names (in some twenty languages), or the column with the longest texts.
 * @throws UserError naming the columns found when a requested one isn't there, or when none holds text.
 */
export function chooseText(table: Table, requested?: string | string[]): TextChoice {
  const names = typeof requested === 'string' ? namesIn(table, requested) : requested;
  if (names && names.length > 0)
    return { columns: requestedColumns(table, names), guessed: false, why: 'as asked' };
  if (table.columns.length === 1)
    return { columns: [table.columns[0]], guessed: true, why: 'the only column' };

  const looks = table.columns.map((name, c) => ({ name, ...lookAt(table.values[c]) }));
  const longest = (from: typeof looks) =>
    from.reduce((best, next) => (next.length > best.length ? next : best));
  const texts = looks.filter((column) => column.letters);
  const bodies = texts.filter((column) => isNamed(column.name, BODIES));
  const titles = texts.filter((column) => isNamed(column.name, TITLES) && !bodies.includes(column));
  const body = bodies.length > 0 ? longest(bodies) : undefined;
  const title = titles.length > 0 ? longest(titles) : undefined;
  const named = [title, body].flatMap((column) => (column ? [column.name] : []));
  if (named.length > 0) return { columns: named, guessed: true, why: 'named like a text' };
  if (texts.length === 0) {
    if (table.rows === 0) return { columns: [table.columns[0]], guessed: true, why: 'the first column' };
    throw new UserError(
      `${table.source}: no column holds text; found ${list(table.columns)}; name one with --text`,
    );
  }
  const { name, length } = longest(texts);
  return {
    columns: [name],
    guessed: true,
    why: `the longest texts, ${Math.round(length)} characters on average`,
  };
}

/**
 * One text a row: the columns joined by a newline, blank ones left out; '' where all are blank. Blank rows are
 * counted in `table.report.blankTexts`.
 */
export function documents(
  table: Table,
  columns: string[] = chooseText(table).columns,
  { onProgress }: Watch = {},
): string[] {
  const cells = requestedColumns(table, columns).map((name) => table.values[table.columns.indexOf(name)]);
  const blanks = noFinding();
  const texts = new Array<string>(table.rows);
  for (let row = 0; row < table.rows; row++) {
    let text = '';
    for (const column of cells) {
      const part = asText(column[row]);
      if (part !== '') text = text === '' ? part : `${text}\n${part}`;
    }
    if (text === '') note(blanks, table.lines[row], columns.join(', '));
    texts[row] = text;
  }
  table.report.blankTexts = blanks;
  if (blanks.count > 0) {
    const [{ line }] = blanks.examples;
    const message = `${table.source}: ${blanks.count} row(s) without text, first on line ${line}; they get topic -1`;
    onProgress?.({ stage: 'read', level: 'warning', message });
  }
  return texts;
}

/** A cell's text; white space alone is none. */
function asText(cell: Cell): string {
  if (cell === null) return '';
  const text = typeof cell === 'string' ? cell : String(cell);
  return text.trim() === '' ? '' : text;
}

function namesIn({ columns }: Table, requested: string): string[] {
  if (columns.includes(requested)) return [requested];
  return requested
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function requestedColumns(table: Table, requested: string[]): string[] {
  for (const name of requested) {
    if (table.columns.includes(name)) continue;
    const near = table.columns.find((column) => column.toLowerCase() === name.trim().toLowerCase());
    throw new UserError(
      `${table.source}: no "${name}" column; found ${list(table.columns)}${near ? `; did you mean "${near}"?` : ''}`,
    );
  }
  return [...new Set(requested)];
}

function isNamed(column: string, words: string[]): boolean {
  const parts = column
    .replace(/([\p{Ll}])(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{M}]+/u)
    .filter((part) => part !== '');
  return parts.some((part) => words.includes(part)) && !parts.some((part) => NEVER.includes(part));
}

/** Mean length in characters, and whether the cells are words rather than numbers, dates, links or blanks. */
function lookAt(cells: Cell[]): { length: number; letters: boolean } {
  const step = Math.max(1, Math.floor(cells.length / SAMPLE));
  let seen = 0;
  let characters = 0;
  let wordy = 0;
  for (let row = 0; row < cells.length; row += step) {
    const text = asText(cells[row]);
    if (text === '') continue;
    seen++;
    characters += text.length;
    if (!/^\s*https?:/i.test(text) && (text.match(/\p{L}/gu)?.length ?? 0) > text.length / 3) wordy++;
  }
  return { length: seen === 0 ? 0 : characters / seen, letters: wordy > 0 && wordy >= seen / 2 };
}

function list(columns: string[]): string {
  const shown = columns.slice(0, 20).join(', ');
  return columns.length > 20 ? `${shown} and ${columns.length - 20} more` : shown;
}

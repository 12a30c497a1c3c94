// Words for a heading, for running text, and for what is neither, in the languages of most CSV files we meet.
const words = (list: string) => list.split(' ');

const TITLES = words(
  'title headline heading subject titel überschrift betreff schlagzeile titre sujet objet título titulo asunto titular titolo oggetto onderwerp kop tytuł temat rubrik ämne tittel otsikko başlık konu заголовок тема název předmět cím tárgy 标题 题名 標題 タイトル 件名 見出し 제목 العنوان عنوان शीर्षक শিরোনাম หัวข้อ ชื่อเรื่อง judul',
);
const BODIES = words(
  'text texts document doc description desc body selftext content message msg comment comments review reviews feedback summary abstract article post tweet caption question answer response note notes remark remarks complaint transcript utterance sentence paragraph story snippet ticket verbatim beschreibung inhalt nachricht kommentar bewertung zusammenfassung antwort frage artikel texte contenu commentaire avis résumé réponse texto descripción descripcion contenido mensaje comentario reseña resumen respuesta descrição descricao conteúdo conteudo mensagem avaliação testo descrizione contenuto messaggio commento recensione tekst beschrijving bericht opis treść komentarz текст описание содержание сообщение комментарий отзыв metin açıklama içerik yorum mesaj 内容 描述 正文 文本 评论 摘要 說明 本文 テキスト 説明 コメント 記事 概要 内容 내용 본문 설명 댓글 النص الوصف المحتوى تعليق विवरण पाठ टिप्पणी ข้อความ เนื้อหา รายละเอียด teks isi deskripsi',
);
const NEVER = words(
  'id ids uuid url link href date time datetime timestamp count length len size lang language author user type status score rating email number num nr no category label class tag tags source version hash key',
);
/** What somebody else wrote about the row: taken for the text only where nothing else is. */
const REPLIES = words(
  'reply replies developer antworten replied reference references citation citations bibliography footnotes quoted parent agent staff internal moderator resolution',
);

/** `summary` and `review` name a text, `review_date` doesn't. */
export const isBodyName = (column: string) => has(column, BODIES);
/** A heading's name: short texts that belong before the running text. */
export const isTitleName = (column: string) => has(column, TITLES);
export const isReplyName = (column: string) => partsOf(column).some((part) => REPLIES.includes(part));
export const isTextName = (column: string) =>
  isBodyName(column) || isTitleName(column) || partsOf(column).some((part) => NEVER.includes(part));
export const isOtherName = (column: string) => partsOf(column).some((part) => NEVER.includes(part));

function has(column: string, list: string[]): boolean {
  const parts = partsOf(column);
  return parts.some((part) => list.includes(part)) && !parts.some((part) => NEVER.includes(part));
}

/** `reviewText`, `review_text` and `Review Text` are two words. */
const partsOf = (column: string) =>
  column
    .replace(/([\p{Ll}])(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{M}]+/u)
    .filter((part) => part !== '');

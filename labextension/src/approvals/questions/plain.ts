/** What is not seen, or makes other signs appear where they do not stand. */
const UNSEEN =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;

/** Characters of a text that a page shows of whoever asks. */
const MOST = 2000;

/** A text from somebody who is not trusted, without signs that are not seen, and not without end. */
export function plain(text: string, most = MOST): string {
  const seen = text.replace(/\r\n?/g, '\n').replace(UNSEEN, '');
  return seen.length > most ? `${seen.slice(0, most)}…` : seen;
}

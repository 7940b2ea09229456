import type { TranslationBundle } from '@jupyterlab/translation';
import type { IQuestion } from '../tokens';
import { plain } from './plain';

const SERVER = 'mcp:';
/** Characters of a name. */
const MOST_NAME = 80;
/** Characters of a message where only a line is told. */
const MOST_LINE = 160;

/** Who asks, as people know it. */
export function questionerOf({ source, who }: IQuestion, trans: TranslationBundle): string {
  return source.startsWith(SERVER)
    ? trans.__('The MCP server %1', plain(source.slice(SERVER.length), MOST_NAME))
    : plain(who, MOST_NAME);
}

/** To whom the answer goes, as it stands within a sentence. */
export function receiverOf({ source, who }: IQuestion): string {
  const name = source.startsWith(SERVER)
    ? source.slice(SERVER.length)
    : who.replace(/^The /, 'the ');
  return plain(name, MOST_NAME);
}

/** What it wants or wanted to know, in a line; the words in quotes are its own. */
export function askedOf(question: IQuestion, trans: TranslationBundle): string {
  const message = plain(question.message, MOST_LINE).replace(/\s+/g, ' ').trim();
  const who = questionerOf(question, trans);
  return question.state === 'pending'
    ? trans.__('%1 asks: “%2”', who, message)
    : trans.__('%1 asked: “%2”', who, message);
}

/** What became of it, as a sentence. `here`: whether it was answered in this page. */
export function answeredOf(
  { note, state, url }: IQuestion,
  here: boolean,
  trans: TranslationBundle
): string {
  if (note) {
    return note;
  }
  switch (state) {
    case 'accept':
      return !here
        ? trans.__('Answered elsewhere, in another window or a terminal.')
        : url
          ? trans.__('Opened.')
          : trans.__('Sent.');
    case 'decline':
      return here ? trans.__('Declined.') : trans.__('Declined elsewhere.');
    case 'cancel':
      return here ? trans.__('Cancelled.') : trans.__('Cancelled elsewhere.');
    default:
      return trans.__('It waits for you.');
  }
}

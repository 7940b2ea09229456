import { ApiError, serverEvents, type components, type LuminaClient } from '../api';

type Body = components['schemas']['GhostTextRequest'];

/** What the server streams of a suggestion, as far as it matters here. */
type Message =
  | { type: 'text_delta'; text: string }
  | { type: 'message_finished'; reason: string }
  | { type: 'failed'; code: string; message: string; hint: string }
  | { type: 'other' };

/** Asks the server for a suggestion; whoever aborts also stops the model. */
export type Ask = (body: Body, signal: AbortSignal) => AsyncGenerator<string>;

/** Milliseconds until a model that gave way to an answer is asked again; twice as long each time, up to the last. */
const AGAIN = { first: 500, last: 4000 };

/**
 * The pieces of a suggestion as they come; throws an `ApiError` when there is none because something is wrong.
 *
 * A model that gives way to an answer before it said anything has not said that there is nothing to suggest: it is
 * asked again until it is free.
 */
export function asking(client: LuminaClient): Ask {
  return async function* (body, signal) {
    for (let wait = AGAIN.first; ; wait = Math.min(2 * wait, AGAIN.last)) {
      let said = false;
      let gaveWay = false;
      const response = await client.open('completions', { method: 'POST', body, signal });
      for await (const { data } of serverEvents(response)) {
        const message = JSON.parse(data) as Message;
        if (message.type === 'text_delta') {
          said = true;
          yield message.text;
        } else if (message.type === 'failed') {
          throw new ApiError(message.message, message.hint, response.status, message.code);
        } else if (message.type === 'message_finished') {
          gaveWay = message.reason === 'cancelled';
        }
      }
      if (said || !gaveWay) {
        return;
      }
      await pause(wait, signal);
      if (signal.aborted) {
        return;
      }
    }
  };
}

/** Resolves after so many milliseconds, or as soon as the signal aborts. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const over = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', over);
      resolve();
    };
    const timer = setTimeout(over, milliseconds);
    signal.addEventListener('abort', over);
    if (signal.aborted) {
      over();
    }
  });
}

import { ApiError, serverEvents, type components, type LuminaClient } from '../api';

type Body = components['schemas']['GhostTextRequest'];

/** What the server streams of a suggestion, as far as it matters here. */
type Message =
  | { type: 'text_delta'; text: string }
  | { type: 'failed'; code: string; message: string; hint: string }
  | { type: 'other' };

/** Asks the server for a suggestion; whoever aborts also stops the model. */
export type Ask = (body: Body, signal: AbortSignal) => AsyncGenerator<string>;

/** The pieces of a suggestion as they come; throws an `ApiError` when there is none because something is wrong. */
export function asking(client: LuminaClient): Ask {
  return async function* (body, signal) {
    const response = await client.open('completions', { method: 'POST', body, signal });
    for await (const { data } of serverEvents(response)) {
      const message = JSON.parse(data) as Message;
      if (message.type === 'text_delta') {
        yield message.text;
      } else if (message.type === 'failed') {
        throw new ApiError(message.message, message.hint, response.status, message.code);
      }
    }
  };
}

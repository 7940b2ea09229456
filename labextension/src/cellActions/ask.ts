import { UUID } from '@lumino/coreutils';
import { ApiError, serverEvents, type components, type LuminaClient } from '../api';
import type { NotebookView } from '../notebook/view';

export type Question = components['schemas']['Question'];
export type AnswerEvent = components['schemas']['Event'];

/** The question that a cell action asks; it belongs to no conversation. */
export function questionOf(command: string, instruction: string, view: NotebookView): Question {
  // The cell is the active one of the view; a mention at the beginning would mean another.
  const text = instruction.startsWith('@cell') ? `@cell ${instruction}` : instruction;
  return {
    prompt: [{ type: 'text', text }],
    command,
    view,
    look: 'notebook',
    history: false,
    notebook: view.path ?? '',
    request_id: `req_${UUID.uuid4().replace(/-/g, '')}`
  };
}

/**
 * The events of an answer, as they come; when `signal` aborts, the model stops.
 *
 * Rejects with an `ApiError`, or with an `AbortError` when it was stopped.
 */
export async function* ask(
  client: LuminaClient,
  question: Question,
  signal: AbortSignal
): AsyncGenerator<AnswerEvent, void> {
  const response = await client.open('chat', { method: 'POST', body: question, signal });
  // A request that is aborted ends the server's answer as soon as it notices; saying so is quicker behind a proxy.
  const cancel = () => {
    void client
      .open(`chat/${question.request_id}/cancel`, { method: 'POST' })
      .catch(() => undefined);
  };
  signal.addEventListener('abort', cancel, { once: true });
  try {
    for await (const { data } of serverEvents(response)) {
      yield JSON.parse(data) as AnswerEvent;
    }
  } catch (error) {
    throw signal.aborted ? error : ApiError.of(error);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

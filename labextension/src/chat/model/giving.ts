import type { TranslationBundle } from '@jupyterlab/translation';
import { ApiError } from '../../api';
import type { IPanelOptions } from './panelOptions';
import type { IImage } from './wire';

type IAgentOptions = Pick<IPanelOptions, 'activity' | 'documents'>;

/** Whether there is an agent for the document that one works on. */
export function canGive({ activity, documents }: IAgentOptions): boolean {
  return activity !== null && documents.document.kind === 'notebook';
}

/** In what circumstances the agent is given something. */
export interface IGiving extends IAgentOptions, Pick<IPanelOptions, 'personas' | 'trans'> {
  readonly images: readonly IImage[];
  readonly model: string;
  /** The turn that it follows. */
  readonly follows: string;
  /** The id of the conversation, which is made if there is none. */
  conversation(): Promise<string>;
}

/**
 * Have the agent do what a text says, as the persona whose name stands at its beginning; the run's id.
 *
 * Rejects with an `ApiError` when it does not begin.
 */
export async function give(text: string, giving: IGiving): Promise<string> {
  const { activity, follows, model, personas, trans } = giving;
  const { persona, words } = await personas.addressed(text);
  if (!activity || !canGive(giving)) {
    throw refusal(trans.__('The agent works in notebooks.'), trans.__('Open one, and ask there.'));
  }
  check(words, giving.images, trans);
  const runs = await activity.model();
  const conversation = await giving.conversation();
  const run = { words: words.trim(), persona, model, conversation, follows };
  const id = await runs.start(run);
  if (!id) {
    throw runs.problem?.error ?? new ApiError(trans.__('The agent did not begin.'), '', 0);
  }
  return id;
}

function check(words: string, images: readonly IImage[], trans: TranslationBundle): void {
  if (!words.trim()) {
    throw refusal(
      trans.__('What shall the agent do?'),
      trans.__('Write it behind /agent, or behind the name of who shall do it.')
    );
  }
  if (images.length) {
    throw refusal(
      trans.__('The agent looks at no pictures.'),
      trans.__('Take them away, or ask about them first.')
    );
  }
}

function refusal(message: string, hint: string): ApiError {
  return new ApiError(message, hint, 0, 'invalid_request');
}

/** One question and its answer as a view shows them. Every object here is an immutable snapshot. */

import type { IAttachment, IAuthor, IContextReport, IImage } from './wire';
import type { IText } from './text';

/**
 * Where a turn stands.
 *
 * `sending`: posted, not confirmed yet. `waiting`: it could not be sent and goes out by itself when the
 * server can be reached. `interrupted`: the server died before the answer's end.
 */
export type TurnState =
  | { readonly kind: 'sending' }
  | { readonly kind: 'waiting'; readonly reason: string }
  | { readonly kind: 'running'; readonly stopping: boolean }
  | { readonly kind: 'finished'; readonly reason: FinishReason }
  | { readonly kind: 'failed'; readonly failure: IFailure }
  | { readonly kind: 'interrupted' };

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'cancelled';

/** Why an answer ended with an error. */
export interface IFailure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly retryable: boolean;
  readonly provider: string | null;
  /** Seconds. */
  readonly retryAfter: number | null;
}

/** A question. */
export interface IQuestion {
  readonly text: string;
  readonly model: string;
  readonly command: string;
  /** What a slash command made of the text; empty when it is the text itself. */
  readonly prompt: string;
  readonly images: readonly IAttachment[];
  /** Pictures that are not on the server yet; shown until `images` are. */
  readonly unsentImages: readonly IImage[];
  readonly by: IAuthor;
  /** The name of the persona that answers; empty for Lumina itself. */
  readonly persona: string;
  /** The run of the agent that does it; empty when a model answers. */
  readonly run: string;
  /** The id of who asked; empty while it is only known here. */
  readonly author: string;
}

/** A piece of an answer; `key` is stable while the turn exists. */
export type AnswerBlock = ITextBlock | IReasoningBlock | IToolBlock | INoticeBlock | ISpeakerBlock;

export interface ITextBlock {
  readonly kind: 'text';
  readonly key: string;
  readonly text: IText;
}

export interface IReasoningBlock {
  readonly kind: 'reasoning';
  readonly key: string;
  readonly text: IText;
  /** Seconds that it took, as far as the log tells; null while it goes on. */
  readonly seconds: number | null;
}

export interface IToolBlock {
  readonly kind: 'tool';
  readonly key: string;
  readonly id: string;
  readonly name: string;
  /** JSON text; not complete while `state` is `calling`. `unanswered`: the turn ended before a result came. */
  readonly arguments: IText;
  readonly state: 'calling' | 'running' | 'done' | 'failed' | 'unanswered';
  /** What it gave back; null before. */
  readonly result: string | null;
  /** Seconds between the call and its result, as far as the log tells; null before. */
  readonly seconds: number | null;
}

export interface INoticeBlock {
  readonly kind: 'notice';
  readonly key: string;
  readonly code: string;
  readonly text: string;
}

/** Another persona speaks from here on. */
export interface ISpeakerBlock {
  readonly kind: 'speaker';
  readonly key: string;
  readonly persona: string;
}

/** Tokens of an answer. */
export interface IUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedInputTokens: number;
  readonly reasoningTokens: number;
}

/** One turn. */
export interface ITurn {
  /** The request's id. */
  readonly id: string;
  /** The turn that it follows; "" for none. */
  readonly parent: string;
  readonly question: IQuestion;
  readonly blocks: readonly AnswerBlock[];
  readonly state: TurnState;
  /** `provider/name` of the model that answers; empty until it is known. */
  readonly model: string;
  readonly usage: IUsage | null;
  /** US dollars: `usd` is null when the model's price is unknown. Null before the end. */
  readonly cost: { readonly usd: number | null } | null;
  readonly context: IContextReport | null;
  /** Seconds since the epoch. */
  readonly askedAt: number;
  /** When the model began to answer; null before. */
  readonly startedAt: number | null;
  /** When the answer ended; null before. */
  readonly endedAt: number | null;
}

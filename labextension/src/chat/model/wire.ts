/** What the conversation routes send and take, as it is on the wire. Times are seconds since the epoch. */

import type { components } from '../../api';

/** A conversation of a notebook, as the asker may see it. */
export type IConversation = components['schemas']['Conversation'];

/** Somebody who looks at a conversation now. */
export interface IPerson {
  readonly id: string;
  readonly name: string;
  readonly initials: string;
  readonly color: string;
  readonly typing: boolean;
}

/** Who asked, as kept with the question. */
export interface IAuthor {
  readonly name: string;
  readonly initials: string;
  readonly color: string;
}

/** A picture of a question: its bytes are at `conversations/{id}/attachments/{sha256}`. */
export interface IAttachment {
  readonly sha256: string;
  readonly media_type: string;
}

/** A picture that is sent with a question; `data` is base64. */
export interface IImage {
  readonly media_type: string;
  readonly data: string;
}

/** One entry of a conversation's log. */
export interface ILogEntry {
  readonly sequence: number;
  readonly at: number;
  readonly turn: string;
  readonly author: string;
  /** `question`, `context`, or the name of an event. */
  readonly kind: string;
  readonly data: { readonly [field: string]: unknown };
}

/** One event of a running answer that is not in the log yet. */
export interface ILiveEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** What a model was shown, and what did not fit. */
export interface IContextReport {
  readonly included: readonly { kind: string; label: string; tokens: number }[];
  readonly left_out: readonly { kind: string; label: string; tokens: number; reason: string }[];
  readonly tokens: number;
  readonly budget: number;
}

/** A notebook as it is looked at: made by `src/notebook/view.ts`. */
export type INotebookView = components['schemas']['NotebookView'];

/** One cell of a `INotebookView`. */
export type ICellView = components['schemas']['CellView'];

/** Where a search found something. */
export type ISearchHit = components['schemas']['Hit'];

export type ExportFormat = 'markdown' | 'notebook' | 'json' | 'chat';

/** What a conversation's stream says, one frame at a time. */
export type Frame =
  | { readonly kind: 'entry'; readonly entry: ILogEntry }
  | {
      readonly kind: 'caught_up';
      readonly running: readonly string[];
      readonly people: readonly IPerson[];
    }
  | { readonly kind: 'tail'; readonly turn: string; readonly events: readonly ILiveEvent[] }
  | { readonly kind: 'live'; readonly turn: string; readonly event: ILiveEvent }
  | { readonly kind: 'presence'; readonly people: readonly IPerson[] }
  | { readonly kind: 'changed'; readonly conversation: IConversation }
  /** Another conversation of that notebook was deleted, or may not be seen any more. */
  | { readonly kind: 'removed'; readonly id: string }
  | { readonly kind: 'gone' };

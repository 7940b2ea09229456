/** What the conversation routes send and take, as it is on the wire. Times are seconds since the epoch. */

/** A conversation of a notebook, as the asker may see it. */
export interface IConversation {
  readonly id: string;
  readonly notebook: string;
  readonly title: string;
  readonly owner: string;
  readonly shared: boolean;
  readonly created_at: number;
  readonly updated_at: number;
  /** Whether the notebook's magics go on with it. */
  readonly current: boolean;
  /** The sequence number of its last entry. */
  readonly events: number;
  /** Whether the asker owns it. */
  readonly mine: boolean;
}

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

/** What is posted to ask. */
export interface INewTurn {
  readonly text: string;
  /** The turn that it follows; "" for none, null or absent for the last one asked. */
  readonly parent?: string | null;
  readonly model?: string;
  readonly command?: string;
  readonly images?: readonly IImage[];
  readonly view?: INotebookView;
  readonly kernel_id?: string;
  readonly request_id: string;
}

/** A notebook as it is looked at: made by `src/notebook/view.ts`. */
export interface INotebookView {
  path?: string;
  language?: string;
  cells?: ICellView[];
  active_cell?: string;
  selection?: { text: string; cell_id?: string; path?: string } | null;
  policy?: { [key: string]: unknown };
}

/** One cell of a `INotebookView`. */
export interface ICellView {
  id: string;
  kind?: 'code' | 'markdown' | 'raw';
  source?: string;
  execution_count?: number | null;
  outputs?: { [key: string]: unknown }[];
}

/** Where a search found something. */
export interface ISearchHit {
  readonly conversation_id: string;
  readonly title: string;
  readonly notebook: string;
  readonly turn: string;
  readonly where: 'question' | 'answer' | 'title';
  readonly at: number;
  readonly snippet: string;
}

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
  | { readonly kind: 'gone' };

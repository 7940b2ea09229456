import type { IDisposable } from '@lumino/disposable';
import type { ApiError } from '../../api';
import type { IConversationStore } from './snapshot';
import type { ExportFormat, IConversation, IImage, INotebookView, ISearchHit } from './wire';

/** The document that the panel speaks about. */
export interface IDocument {
  readonly kind: 'notebook' | 'file' | 'none';
  /** The path that conversations belong to; empty for none. */
  readonly path: string;
  readonly name: string;
  readonly kernelId: string;
  /** What its author lets Lumina do (`metadata.lumina.policy`). */
  readonly policy: Readonly<Record<string, unknown>>;
}

/** A model that can be chosen. */
export interface IModelChoice {
  /** `provider/name`. */
  readonly id: string;
  readonly provider: string;
  readonly name: string;
  readonly vision: boolean | null;
  readonly tools: boolean | null;
  readonly reasoning: boolean | null;
  readonly context: number | null;
}

/** What a first-time user is told. */
export interface IFirstUse {
  /** The model that answers when none is chosen; empty when none can. */
  readonly defaultModel: string;
  readonly ready: boolean;
  /** What to do next; may be empty. */
  readonly hint: string;
  /** Providers that were found, and those that were not with the reason. */
  readonly providers: readonly {
    readonly name: string;
    readonly title: string;
    readonly available: boolean;
    readonly reason: string;
    readonly hint: string;
  }[];
}

/** Something that is loaded: `value` is the last that came, also while it is loaded again or failed. */
export interface ILoaded<T> {
  readonly state: 'idle' | 'loading' | 'ready' | 'failed';
  readonly value: T;
  readonly error: ApiError | null;
}

/** One moment of the panel. */
export interface IPanelSnapshot {
  readonly document: IDocument;
  /** The document's conversations, the last changed first. */
  readonly conversations: ILoaded<readonly IConversation[]>;
  /** The selected one; null when there is none yet: the first question makes it. */
  readonly selected: IConversation | null;
  readonly conversation: IConversationStore | null;
  readonly models: ILoaded<readonly IModelChoice[]>;
  /** The model that the next question goes to; empty means the server's default. */
  readonly model: string;
  readonly firstUse: ILoaded<IFirstUse | null>;
  /** What is in the composer for the selected conversation; the view writes it with `setDraft`. */
  readonly draft: IDraft;
  /** Why the last question came back to the composer, or an action failed; null when nothing did. */
  readonly problem: ApiError | null;
  /** The turn that the composer edits, when `beginEdit` was called. */
  readonly editing: string | null;
  /** The turn that the next question follows, when `branchFrom` was called. */
  readonly branching: string | null;
  /** Whether the help on `@` and `/` is to be shown (`/help`). */
  readonly help: boolean;
  /** Whether there is an agent for the document. */
  readonly hasAgent: boolean;
}

/** A question that is being written. */
export interface IDraft {
  readonly text: string;
  readonly images: readonly IImage[];
  /** Grows when something other than the view changed it, so that the view takes it over. */
  readonly revision: number;
}

/** What `ask` may say besides the text. */
export interface IAskOptions {
  /** The turn that it follows; "" for none; absent: the end of the visible path. */
  parent?: string;
  command?: string;
  images?: readonly IImage[];
  /** Begin a conversation for it. */
  newConversation?: boolean;
}

/** The whole panel's state and what can be done with it; the view holds none of its own. */
export interface IPanelModel extends IDisposable {
  /** Called at most once per animation frame. */
  subscribe(listener: () => void): () => void;
  getSnapshot(): IPanelSnapshot;

  /** Whether somebody can see the panel; hidden it asks the server for nothing. */
  setVisible(visible: boolean): void;
  /** The notebook as it is now, for a question or for completion; undefined when there is none. */
  notebookView(): INotebookView | undefined;

  /** Ask; the draft is emptied. A refused question comes back as the draft, with `problem`. */
  ask(text: string, options?: IAskOptions): Promise<void>;
  /**
   * Have the agent do something in the notebook; it is a turn of the conversation that is shown. The draft is emptied,
   * and comes back with `problem` when the agent does not begin.
   *
   * @param text - What shall be done; a persona's name before it says who does it.
   * @param written - What stood in the composer.
   */
  give(text: string, written?: string): Promise<void>;
  /** Ask the same again as a sibling. */
  retry(turn: string): Promise<void>;
  /** Put a question into the composer; the next `ask` then makes a sibling of that turn. */
  beginEdit(turn: string): void;
  /** Take `beginEdit` or `branchFrom` back. */
  cancelEdit(): void;
  /** Go on from an earlier turn: the next `ask` follows it. */
  branchFrom(turn: string): void;
  /** Stop an answer; it shows `stopping` at once. */
  stop(turn: string): Promise<void>;
  /** Stop whatever is running in the selected conversation. */
  stopAll(): Promise<void>;
  /** Do not wait for the network any longer: the unsent question goes back to the composer. */
  withdraw(turn: string): void;

  setDraft(text: string, images?: readonly IImage[]): void;
  /** Somebody types; told to the others now and then. */
  typing(): void;
  dismissProblem(): void;
  showHelp(shown: boolean): void;

  /** Ask the server again which conversations there are. */
  refreshConversations(): Promise<void>;
  select(conversation: string): void;
  /** Begin a fresh conversation and select it. */
  create(options?: { title?: string; shared?: boolean }): Promise<IConversation>;
  rename(conversation: string, title: string): Promise<void>;
  share(conversation: string, shared: boolean): Promise<void>;
  remove(conversation: string): Promise<void>;
  search(
    query: string,
    options?: { everywhere?: boolean; limit?: number; signal?: AbortSignal }
  ): Promise<readonly ISearchHit[]>;
  /** Select a hit's conversation and show its turn. */
  open(hit: ISearchHit): Promise<void>;
  /** The file's bytes and the name that the server proposes. */
  exportAs(
    conversation: string,
    format: ExportFormat
  ): Promise<{ readonly name: string; readonly blob: Blob }>;
  importFrom(content: string, format: 'json' | 'chat'): Promise<IConversation>;
  /** The bytes of a question's picture. */
  attachment(sha256: string): Promise<Blob>;

  chooseModel(model: string): void;
  /** Ask the server again for models and providers. */
  refreshModels(): Promise<void>;
  /** Try the connection now instead of when its time comes. */
  reconnect(): void;
}

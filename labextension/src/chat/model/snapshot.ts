import type { ITurn } from './turn';
import type { IPerson } from './wire';

/** How the subscription is. `reason` is a sentence for people, empty when all is well. */
export interface IConnection {
  readonly state: 'connecting' | 'live' | 'offline' | 'gone';
  readonly reason: string;
  /** What to do next; may be empty. */
  readonly hint: string;
  /** When it is tried again, in milliseconds since the epoch; null when nothing is planned. */
  readonly retryAt: number | null;
}

/** A turn on the visible path, and where it stands among its siblings. */
export interface IVisibleTurn {
  readonly turn: ITurn;
  /** The ids of the turns with the same parent, oldest first, this one among them. */
  readonly siblings: readonly string[];
  /** This one's place in `siblings`, from 0. */
  readonly position: number;
}

/** One moment of a conversation. */
export interface IConversationSnapshot {
  readonly id: string;
  /** Whether the whole log is here: before the first catch-up `path` is only what came so far. */
  readonly caughtUp: boolean;
  /** The turns from the root to the newest, along the chosen branches: what a view shows, in order. */
  readonly path: readonly IVisibleTurn[];
  /** How many turns there are in all branches. */
  readonly count: number;
  /** Ids of the turns whose answer is not over. */
  readonly running: readonly string[];
  /** Who looks at it now, the asker included. */
  readonly people: readonly IPerson[];
  readonly connection: IConnection;
}

/** A conversation that is followed; made for `useSyncExternalStore`. */
export interface IConversationStore {
  readonly id: string;
  /** Called at most once per animation frame. */
  subscribe(listener: () => void): () => void;
  /** The same object until something has changed. Unchanged turns are the same objects. */
  getSnapshot(): IConversationSnapshot;
  /** A turn of any branch. */
  turn(id: string): ITurn | undefined;
  /** Show that turn's branch (a sibling's id, or any turn's: a search hit). */
  show(turn: string): void;
}

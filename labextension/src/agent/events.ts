import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Signal, type ISignal } from '@lumino/signaling';
import type { IServerEvent, LuminaClient } from '../api';
import type { EventStream } from '../chat/model/stream';
import type { INotebookEvents, INotebookNews } from './tokens';

const NOTHING: INotebookNews = { proposals: [], steps: [], agents: [], requests: [], file: {} };

/** Follows the notebook on top. */
export class NotebookEvents implements INotebookEvents {
  constructor(
    private readonly client: LuminaClient,
    tracker: INotebookTracker,
    private readonly trans: TranslationBundle
  ) {
    tracker.currentChanged.connect((_, panel) => void this.follow(panel));
    void this.follow(tracker.currentWidget);
  }

  get changed(): ISignal<this, NotebookPanel> {
    return this._changed;
  }

  of(panel: NotebookPanel): INotebookNews {
    return this._news.get(panel) ?? NOTHING;
  }

  private async follow(panel: NotebookPanel | null): Promise<void> {
    const turn = ++this._turn;
    this._followed = panel;
    this._stream?.dispose();
    this._stream = null;
    if (!panel) {
      return;
    }
    const [{ EventStream }] = await Promise.all([
      import('../chat/model/stream'),
      panel.context.ready
    ]);
    if (this._turn !== turn || panel.isDisposed) {
      return;
    }
    const stream = new EventStream<Partial<INotebookNews>>({
      open: signal =>
        this.client.stream('notebooks/events', { path: panel.context.localPath }, signal),
      read: newsOf,
      isLast: () => false,
      // A notebook whose file is not there at the moment may be back in the next.
      isOver: () => false,
      onFrames: frames => this.take(panel, frames),
      onConnection: () => undefined,
      trans: this.trans
    });
    this._stream = stream;
    panel.context.pathChanged.connect(this.onPathChanged, this);
    panel.disposed.connect(this.onDisposed, this);
    stream.start();
  }

  private onPathChanged(): void {
    void this.follow(this._followed);
  }

  private onDisposed(panel: NotebookPanel): void {
    if (this._followed === panel) {
      void this.follow(null);
    }
  }

  private take(panel: NotebookPanel, frames: readonly Partial<INotebookNews>[]): void {
    if (frames.length && !panel.isDisposed) {
      this._news.set(panel, Object.assign({}, this.of(panel), ...frames) as INotebookNews);
      this._changed.emit(panel);
    }
  }

  private _turn = 0;
  private _followed: NotebookPanel | null = null;
  private _stream: EventStream<Partial<INotebookNews>> | null = null;
  private readonly _news = new WeakMap<NotebookPanel, INotebookNews>();
  private readonly _changed = new Signal<this, NotebookPanel>(this);
}

function isObject(told: unknown): boolean {
  return typeof told === 'object' && told !== null;
}

const TOPICS: ReadonlySet<string> = new Set(Object.keys(NOTHING));

/** What an event tells; null when it is about nothing that is known here. */
export function newsOf({ event, data }: IServerEvent): Partial<INotebookNews> | null {
  if (!TOPICS.has(event)) {
    return null;
  }
  try {
    const told = (JSON.parse(data) as Record<string, unknown>)[event];
    const list = Array.isArray(NOTHING[event as keyof INotebookNews]);
    return isObject(told) && Array.isArray(told) === list ? { [event]: told } : null;
  } catch {
    return null;
  }
}

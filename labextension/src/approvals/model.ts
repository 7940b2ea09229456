import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ApiError, type IServerEvent, type LuminaClient } from '../api';
import type { EventStream } from '../chat/model/stream';
import { knownWith, missing } from './known';
import type { Approval, IApprovals, IApprovalsSnapshot, Scope, Verdict } from './tokens';

/** Follows what people are asked about, and hands in what they decide. */
export class Approvals implements IApprovals {
  constructor(
    private readonly client: LuminaClient,
    readonly editors: IEditorServices,
    private readonly trans: TranslationBundle
  ) {}

  /** Begin to listen. */
  async start(): Promise<void> {
    // What can follow a stream is fetched after JupyterLab's start.
    const { EventStream } = await import('../chat/model/stream');
    this.stream = new EventStream<Approval>({
      open: signal => this.client.stream('approvals/stream', {}, signal),
      read: approvalOf,
      isLast: () => false,
      isOver: () => false,
      onFrames: told => this.take(told),
      onConnection: ({ state, reason }) => {
        if (state === 'live' && this.snapshot.waiting.length) {
          void this.catchUp();
        }
        this.tell({ away: state === 'offline' ? reason : '' });
      },
      trans: this.trans
    });
    this.stream.start();
  }

  subscribe(listener: () => void): () => void {
    const own = (): void => listener();
    this.listeners.add(own);
    return () => void this.listeners.delete(own);
  }

  getSnapshot(): IApprovalsSnapshot {
    return this.snapshot;
  }

  async decide(id: string, verdict: Verdict, scope?: Scope): Promise<void> {
    if (this.snapshot.deciding.has(id)) {
      return;
    }
    this.mark(id, true, null);
    try {
      const { data } = await this.client.routes.POST('/lumina/api/approvals/{approval_id}', {
        params: { path: { approval_id: id } },
        body: { verdict, ...(scope ? { scope } : {}) }
      });
      this.mark(id, false, null);
      this.take(data ? [data] : []);
    } catch (thrown) {
      const error = ApiError.of(thrown);
      this.mark(id, false, error);
      if (!error.unreached) {
        // Somebody may have been faster, or it may have expired.
        await this.look(id);
      }
    }
  }

  /** What was waiting when the connection was lost may be over by now. */
  private async catchUp(): Promise<void> {
    try {
      const { data } = await this.client.routes.GET('/lumina/api/approvals');
      const waiting = data?.approvals ?? [];
      this.take(waiting);
      await Promise.all(missing(this.snapshot.all, waiting).map(id => this.look(id)));
    } catch (thrown) {
      console.warn('Lumina: it is not known what became of an approval.', thrown);
    }
  }

  private async look(id: string): Promise<void> {
    try {
      const { data } = await this.client.routes.GET('/lumina/api/approvals/{approval_id}', {
        params: { path: { approval_id: id } }
      });
      this.take(data ? [data] : []);
    } catch (thrown) {
      console.warn('Lumina: it is not known what became of an approval.', thrown);
    }
  }

  private take(told: readonly Approval[]): void {
    const all = knownWith(this.snapshot.all, told);
    if (all !== this.snapshot.all) {
      this.tell({ all, waiting: all.filter(({ state }) => state === 'pending') });
    }
  }

  private mark(id: string, under: boolean, problem: ApiError | null): void {
    const deciding = new Set(this.snapshot.deciding);
    const problems = new Map(this.snapshot.problems);
    if (under) {
      deciding.add(id);
    } else {
      deciding.delete(id);
    }
    if (problem) {
      problems.set(id, problem);
    } else {
      problems.delete(id);
    }
    this.tell({ deciding, problems });
  }

  private tell(news: Partial<IApprovalsSnapshot>): void {
    this.snapshot = { ...this.snapshot, ...news };
    for (const listener of [...this.listeners]) {
      listener();
    }
  }

  private stream: EventStream<Approval> | null = null;
  private readonly listeners = new Set<() => void>();
  private snapshot: IApprovalsSnapshot = {
    all: [],
    waiting: [],
    deciding: new Set(),
    problems: new Map(),
    away: ''
  };
}

/** What an event of the stream tells; null when it is no approval. */
function approvalOf({ data, event }: IServerEvent): Approval | null {
  if (event !== 'approval') {
    return null;
  }
  try {
    const told = JSON.parse(data) as Partial<Approval> | null;
    return told && typeof told.id === 'string' && told.target && Array.isArray(told.scopes)
      ? (told as Approval)
      : null;
  } catch {
    return null;
  }
}

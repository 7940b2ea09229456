import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ApiError, type components, type IServerEvent, type LuminaClient } from '../api';
import type { EventStream } from '../chat/model/stream';
import { knownWith, missing } from './known';
import { Drafts } from './questions/drafts';
import {
  isQuestion,
  type Answer,
  type Approval,
  type Asked,
  type IApprovals,
  type IApprovalsSnapshot,
  type IQuestion,
  type Scope,
  type Verdict
} from './tokens';

type PersonQuestion = components['schemas']['PersonQuestion'];

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
    this.stream = new EventStream<Asked>({
      open: signal => this.client.stream('approvals/stream', {}, signal),
      read: askedIn,
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
    const send = () =>
      this.client.routes.POST('/lumina/api/approvals/{approval_id}', {
        params: { path: { approval_id: id } },
        body: { verdict, ...(scope ? { scope } : {}) }
      });
    await this.handIn(
      id,
      async () => (await send()).data,
      () => this.look(id)
    );
  }

  async answer(id: string, action: Answer, content?: Record<string, unknown>): Promise<void> {
    const send = () =>
      this.client.routes.POST('/lumina/api/questions/{question_id}', {
        params: { path: { question_id: id } },
        body: { action, ...(content ? { content } : {}) }
      });
    const sent = async () => {
      const { data } = await send();
      return data && asked(data);
    };
    await this.handIn(id, sent, () => this.catchUp());
  }

  /** Send what was decided here, once; where it is refused, look what became of it. */
  private async handIn(
    id: string,
    send: () => Promise<Asked | undefined>,
    look: () => Promise<void>
  ): Promise<void> {
    if (this.snapshot.deciding.has(id)) {
      return;
    }
    this.mark(id, true, null);
    try {
      const told = await send();
      this.mark(id, false, null);
      this.take(told ? [told] : []);
    } catch (thrown) {
      const error = ApiError.of(thrown);
      this.mark(id, false, error);
      if (!error.unreached) {
        // Somebody may have been faster, or it may have expired.
        await look();
      }
    }
  }

  /** What was waiting when the connection was lost may be over by now. */
  private async catchUp(): Promise<void> {
    const before = this.snapshot.all;
    try {
      const [approvals, questions] = await Promise.all([
        this.client.routes.GET('/lumina/api/approvals'),
        this.client.routes.GET('/lumina/api/questions')
      ]);
      const waiting = [
        ...(approvals.data?.approvals ?? []),
        ...(questions.data?.questions ?? []).map(asked)
      ];
      this.take(waiting);
      const gone = missing(before, waiting);
      // Nobody keeps what became of a question.
      this.take(gone.filter(isQuestion).map(each => asked(this.lost(each))));
      await Promise.all(gone.filter(each => !isQuestion(each)).map(({ id }) => this.look(id)));
    } catch (thrown) {
      console.warn('Lumina: it is not known what became of what waited for a person.', thrown);
    }
  }

  private lost(question: IQuestion): IQuestion {
    const note = this.trans.__('It was answered elsewhere, or whoever asked is gone.');
    return { ...question, state: 'cancel', note };
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

  private take(told: readonly Asked[]): void {
    const all = knownWith(this.snapshot.all, told);
    if (all !== this.snapshot.all) {
      told.filter(({ state }) => state !== 'pending').forEach(({ id }) => this.drafts.forget(id));
      this.tell({ all, waiting: all.filter(({ state }) => state === 'pending') });
    }
  }

  private mark(id: string, under: boolean, problem: ApiError | null): void {
    const deciding = new Set(this.snapshot.deciding);
    const here = new Set(this.snapshot.here).add(id);
    const problems = new Map(this.snapshot.problems);
    if (under) {
      deciding.add(id);
    } else {
      deciding.delete(id);
    }
    if (problem) {
      problems.set(id, problem);
      here.delete(id);
    } else {
      problems.delete(id);
    }
    this.tell({ deciding, here, problems });
  }

  private tell(news: Partial<IApprovalsSnapshot>): void {
    this.snapshot = { ...this.snapshot, ...news };
    for (const listener of [...this.listeners]) {
      listener();
    }
  }

  readonly drafts = new Drafts();
  private stream: EventStream<Asked> | null = null;
  private readonly listeners = new Set<() => void>();
  private snapshot: IApprovalsSnapshot = {
    all: [],
    waiting: [],
    deciding: new Set(),
    here: new Set(),
    problems: new Map(),
    away: ''
  };
}

/** What an event of the stream tells; null when it is nothing that waits for a person. */
function askedIn({ data, event }: IServerEvent): Asked | null {
  try {
    switch (event) {
      case 'approval':
        return approvalIn(JSON.parse(data) as Partial<Approval> | null);
      case 'question':
        return questionIn(JSON.parse(data) as Partial<PersonQuestion> | null);
      default:
        return null;
    }
  } catch {
    return null;
  }
}

function approvalIn(told: Partial<Approval> | null): Approval | null {
  return told && typeof told.id === 'string' && told.target && Array.isArray(told.scopes)
    ? (told as Approval)
    : null;
}

function questionIn(told: Partial<PersonQuestion> | null): IQuestion | null {
  return told && typeof told.id === 'string' && typeof told.message === 'string'
    ? asked(told as PersonQuestion)
    : null;
}

/** A question as it is known from now on. */
function asked(question: PersonQuestion): IQuestion {
  return { ...question, decided_at: question.state === 'pending' ? null : Date.now() / 1000 };
}

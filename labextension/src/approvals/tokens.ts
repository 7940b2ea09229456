import type { IEditorServices } from '@jupyterlab/codeeditor';
import { Token } from '@lumino/coreutils';
import type { ApiError, components } from '../api';
import type { Drafts } from './questions/drafts';

export type Approval = components['schemas']['Approval'];
export type Scope = Approval['scopes'][number];
export type Verdict = 'grant' | 'deny';

/** What a tool that runs wants to know from a person. */
export interface IQuestion extends Readonly<components['schemas']['PersonQuestion']> {
  /** When this page heard that it is over, in seconds since 1970. */
  readonly decided_at: number | null;
}

/** What is done about a question. */
export type Answer = 'accept' | 'decline' | 'cancel';

/** What waits for a person: a call that needs to be allowed, or a question of a tool that runs. */
export type Asked = Approval | IQuestion;

/** Whether it is a question of a tool. */
export function isQuestion(asked: Asked): asked is IQuestion {
  return 'who' in asked;
}

/** One moment of what people are asked. */
export interface IApprovalsSnapshot {
  /** What waits, and what was decided of late, the oldest first. */
  readonly all: readonly Asked[];
  /** What waits, the oldest first. */
  readonly waiting: readonly Asked[];
  /** The ids of those whose verdict or answer is on its way to the server. */
  readonly deciding: ReadonlySet<string>;
  /** The ids of those that were decided here, in this page. */
  readonly here: ReadonlySet<string>;
  /** What went wrong with the last verdict or answer, by id. */
  readonly problems: ReadonlyMap<string, ApiError>;
  /** Why the server cannot be heard, as a sentence; empty while it can. */
  readonly away: string;
}

/** What waits for a person, whoever asked: chat, agents, magics, MCP clients and servers. */
export interface IApprovals {
  /** Called when something has changed. */
  subscribe(listener: () => void): () => void;
  /** The same object until something has changed. */
  getSnapshot(): IApprovalsSnapshot;
  /** Allow or deny one; what goes wrong is in `problems`. */
  decide(id: string, verdict: Verdict, scope?: Scope): Promise<void>;
  /** Answer a question; what goes wrong is in `problems`. */
  answer(id: string, action: Answer, content?: Record<string, unknown>): Promise<void>;
  /** What was written into questions and is not sent. */
  readonly drafts: Drafts;
  /** Shows code and differences. */
  readonly editors: IEditorServices;
}

export const IApprovals = new Token<IApprovals>(
  'lumina-jupyter:IApprovals',
  'Calls of tools that wait for a person and what tools ask, and what is decided and answered.'
);

import type { IEditorServices } from '@jupyterlab/codeeditor';
import { Token } from '@lumino/coreutils';
import type { ApiError, components } from '../api';

export type Approval = components['schemas']['Approval'];
export type Scope = Approval['scopes'][number];
export type Verdict = 'grant' | 'deny';

/** One moment of what people are asked about. */
export interface IApprovalsSnapshot {
  /** Those that wait, and those decided of late, the oldest first. */
  readonly all: readonly Approval[];
  /** Those that wait, the oldest first. */
  readonly waiting: readonly Approval[];
  /** The ids of those whose verdict is on its way to the server. */
  readonly deciding: ReadonlySet<string>;
  /** What went wrong with the last verdict, by id. */
  readonly problems: ReadonlyMap<string, ApiError>;
  /** Why the server cannot be heard, as a sentence; empty while it can. */
  readonly away: string;
}

/** Calls of tools that wait for a person, whoever asked: chat, agents, magics, MCP clients. */
export interface IApprovals {
  /** Called when something has changed. */
  subscribe(listener: () => void): () => void;
  /** The same object until something has changed. */
  getSnapshot(): IApprovalsSnapshot;
  /** Allow or deny one; what goes wrong is in `problems`. */
  decide(id: string, verdict: Verdict, scope?: Scope): Promise<void>;
  /** Shows code and differences. */
  readonly editors: IEditorServices;
}

export const IApprovals = new Token<IApprovals>(
  'lumina-jupyter:IApprovals',
  'Calls of tools that wait for a person, and the verdicts about them.'
);

import type { NotebookPanel } from '@jupyterlab/notebook';
import { Token } from '@lumino/coreutils';
import type { ISignal } from '@lumino/signaling';
import type { components } from '../api';

export type Proposal = components['schemas']['Proposal'];
export type ProposedChange = components['schemas']['ProposedChange'];
export type AgentAtWork = components['schemas']['AgentAtWork'];
export type Step = components['schemas']['Step'];
export type PageRequest = components['schemas']['PageRequest'];

/** What the server tells of an open notebook. */
export interface INotebookNews {
  /** What is proposed for it and left to decide, the oldest first. */
  readonly proposals: readonly Proposal[];
  /** What agents did to it and can be undone or redone, the oldest first. */
  readonly steps: readonly Step[];
  /** Which agents are at work in it. */
  readonly agents: readonly AgentAtWork[];
  /** What this page is asked for by tools, on behalf of who has it open. */
  readonly requests: readonly PageRequest[];
  /** The state of its file after the last write of ours; nothing while it is edited together. */
  readonly file: { readonly last_modified?: string };
}

/** Follows the notebook on top: browsers have six connections for each server, so the others wait for their turn. */
export interface INotebookEvents {
  /** What is known of a notebook; nothing before the server has told. */
  of(panel: NotebookPanel): INotebookNews;
  /** Emitted with a notebook when something about it is new. */
  readonly changed: ISignal<INotebookEvents, NotebookPanel>;
}

export const INotebookEvents = new Token<INotebookEvents>(
  'lumina-jupyter:INotebookEvents',
  'What Lumina’s server tells of the notebook on top: what is proposed for it, and what can be undone.'
);

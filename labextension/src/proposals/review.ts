import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { VDomModel } from '@jupyterlab/ui-components';
import { Signal } from '@lumino/signaling';
import { ApiError, type LuminaClient } from '../api';
import type { INotebookEvents, Proposal } from '../agent/tokens';
import { hintOf, sentenceOf } from '../failure';
import { onServer } from '../notebook/takeIn';
import { entriesOf, type IEntry } from './entries';

/** What is decided: hunks of one change, all that is left of one, or all that is left. */
export interface IVerdict {
  readonly accept: boolean;
  readonly entry?: IEntry;
  readonly hunks?: readonly string[];
}

/** What whoever decides should know. */
export interface IRemark {
  readonly tone: 'plain' | 'error';
  readonly text: string;
}

/** What is proposed for the notebook in a panel, and what its person decides. */
export class Review extends VDomModel {
  constructor(
    readonly panel: NotebookPanel,
    private readonly client: LuminaClient,
    private readonly events: INotebookEvents,
    readonly trans: TranslationBundle
  ) {
    super();
    events.changed.connect(this.onNews, this);
    panel.content.model?.cells.changed.connect(this.refresh, this);
    this.refresh();
  }

  /** What is left to decide, in the order of the notebook. */
  get entries(): readonly IEntry[] {
    return this._entries;
  }

  get proposals(): readonly Proposal[] {
    return this._proposals;
  }

  /** The entry that the person is at. */
  get current(): IEntry | null {
    return this._entries.find(({ key }) => key === this._current) ?? null;
  }

  get remark(): IRemark | null {
    return this._remark;
  }

  /** Whether a decision is under way. */
  get busy(): boolean {
    return this._busy;
  }

  /** Take back what was remarked. */
  hush(): void {
    this.set({ busy: this._busy, remark: null });
  }

  /** Be at an entry. */
  visit(entry: IEntry): void {
    if (this._current !== entry.key) {
      this._current = entry.key;
      this.stateChanged.emit();
    }
  }

  /** The entry after the current one (1) or before it (-1), around the end; only what is shown somewhere counts. */
  neighbour(step: 1 | -1): IEntry | null {
    const shown = this._entries.filter(({ host }) => host !== null);
    const at = shown.findIndex(({ key }) => key === this._current);
    const next = at < 0 ? (step > 0 ? 0 : shown.length - 1) : at + step;
    return shown[(next + shown.length) % shown.length] ?? null;
  }

  /** Have the server carry a decision out. Nothing happens while another is under way. */
  async decide(verdict: IVerdict): Promise<void> {
    if (this._busy) {
      return;
    }
    const { entry } = verdict;
    const proposals = entry ? [entry.proposal] : this._proposals;
    this.set({ busy: true, remark: null });
    let remark: IRemark | null = null;
    try {
      await onServer(this.panel, async () => {
        for (const { id } of proposals) {
          const answer = await this.send(id, verdict);
          remark = answer.notice ? { tone: 'plain', text: answer.notice } : remark;
        }
      });
    } catch (thrown) {
      const error = ApiError.of(thrown);
      remark = {
        tone: 'error',
        text: `${sentenceOf(error, this.trans)} ${hintOf(error, this.trans)}`
      };
    }
    this.set({ busy: false, remark });
  }

  override dispose(): void {
    if (!this.isDisposed) {
      Signal.disconnectReceiver(this);
      super.dispose();
    }
  }

  private async send(id: string, { accept, entry, hunks }: IVerdict): Promise<Proposal> {
    const path = this.panel.context.localPath;
    const body = { path, cell: entry?.change.cell ?? '', hunks: hunks ? [...hunks] : null };
    const answer = await this.client.json<Proposal>(
      `notebooks/proposals/${id}/${accept ? 'accept' : 'refuse'}`,
      { method: 'POST', body }
    );
    // What was decided is seen at once; the stream tells the same a moment later.
    this._answers.set(id, answer);
    this.refresh();
    return answer;
  }

  private onNews(_: INotebookEvents, panel: NotebookPanel): void {
    if (panel === this.panel) {
      this.refresh();
    }
  }

  private refresh(): void {
    const proposals = this.events.of(this.panel).proposals.map(told => {
      const answer = this._answers.get(told.id);
      return answer && answer.version > told.version ? answer : told;
    });
    const cells = Array.from(this.panel.content.model?.cells ?? [], ({ id }) => id);
    const at = this._entries.findIndex(({ key }) => key === this._current);
    this._proposals = proposals.filter(({ state }) => state === 'open' || state === 'stale');
    this._entries = entriesOf(this._proposals, cells);
    if (!this._entries.length && this._remark?.tone === 'plain') {
      this._remark = null;
    }
    if (at >= 0 && !this.current) {
      // Who decided one goes on with what came after it.
      this._current = (this._entries[at] ?? this._entries[at - 1])?.key ?? '';
    }
    this.stateChanged.emit();
  }

  private set(state: { busy: boolean; remark: IRemark | null }): void {
    if (!this.isDisposed) {
      this._busy = state.busy;
      this._remark = state.remark;
      this.stateChanged.emit();
    }
  }

  /** What the server answered to decisions that the stream may not have told yet. */
  private readonly _answers = new Map<string, Proposal>();
  private _proposals: readonly Proposal[] = [];
  private _entries: readonly IEntry[] = [];
  private _current = '';
  private _remark: IRemark | null = null;
  private _busy = false;
}

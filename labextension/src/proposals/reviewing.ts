import type { Cell } from '@jupyterlab/cells';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import type { LuminaClient } from '../api';
import type { INotebookEvents } from '../agent/tokens';
import { ProposalBar } from './bar';
import { ChangePanel } from './changePanel';
import type { IEntry } from './entries';
import { Review } from './review';

export interface IReviewServices {
  readonly client: LuminaClient;
  readonly events: INotebookEvents;
  readonly editors: IEditorServices;
  readonly trans: TranslationBundle;
}

/** All that one notebook shows of what is proposed for it: the line above it, and the changes at their cells. */
export class Reviewing implements IDisposable {
  constructor(
    readonly panel: NotebookPanel,
    private readonly services: IReviewServices
  ) {
    this.review = new Review(panel, services.client, services.events, services.trans);
    this.bar = new ProposalBar(this.review, step => void this.go(step));
    panel.contentHeader.addWidget(this.bar);
    this.review.stateChanged.connect(this.update, this);
    panel.disposed.connect(this.dispose, this);
    this.update();
  }

  readonly review: Review;

  get isDisposed(): boolean {
    return this.disposing.isDisposed;
  }

  /** The panel of the entry that the person is at. */
  get current(): ChangePanel | null {
    const { current } = this.review;
    return (current && this.panels.get(current.key)) || null;
  }

  /** Go to the next change (1) or the one before (-1), within a cell first. */
  async go(step: 1 | -1): Promise<void> {
    const here = this.current;
    if (here?.node.contains(document.activeElement) && here.diff?.go(step)) {
      return;
    }
    const entry = this.review.neighbour(step);
    if (!entry) {
      return;
    }
    this.review.visit(entry);
    const { content } = this.panel;
    const index = content.widgets.findIndex(cell => cell.model.id === entry.host);
    if (index >= 0) {
      content.activeCellIndex = index;
      await content.scrollToItem(index, 'smart');
    }
    const shown = this.panels.get(entry.key);
    shown?.focusInside();
    shown?.node.scrollIntoView({ block: 'nearest' });
  }

  /** Accept or refuse the change that the cursor is at. */
  decide(accept: boolean): void {
    const here = this.current;
    if (!here) {
      return;
    }
    if (here.entry.change.hunks.length > 1 && here.diff) {
      here.diff.decide(accept);
    } else {
      void this.review.decide({ accept, entry: here.entry });
    }
  }

  dispose(): void {
    this.disposing.dispose();
  }

  private update(): void {
    const { entries } = this.review;
    const cells = new Map(this.panel.content.widgets.map(cell => [cell.model.id, cell]));
    const wanted = new Map(
      entries.filter(({ host }) => host !== null).map(entry => [entry.key, entry])
    );
    const focused = [...this.panels.values()].some(each =>
      each.node.contains(document.activeElement)
    );
    for (const [key, shown] of this.panels) {
      const entry = wanted.get(key);
      if (shown.isDisposed || !entry || !fits(shown.entry, entry)) {
        shown.dispose();
        this.panels.delete(key);
      } else {
        shown.renew(entry);
      }
    }
    for (const [key, entry] of wanted) {
      const cell = cells.get(entry.host!);
      if (cell && !this.panels.has(key)) {
        void this.open(entry, cell);
      }
    }
    if (focused && !document.activeElement?.closest('.jp-Lumina-proposal')) {
      this.goOn();
    }
  }

  private async open(entry: IEntry, cell: Cell): Promise<void> {
    if (this.opening.has(entry.key)) {
      return;
    }
    this.opening.add(entry.key);
    await cell.ready;
    this.opening.delete(entry.key);
    const now = this.review.entries.find(({ key }) => key === entry.key);
    if (this.isDisposed || cell.isDisposed || now?.host !== cell.model.id) {
      return;
    }
    const shown = new ChangePanel(this.review, cell, this.services.editors, now);
    shown.attach_();
    this.panels.set(entry.key, shown);
  }

  /** What had the focus is decided: go on with the next change, or in the notebook when there is none. */
  private goOn(): void {
    const next = this.current;
    if (next) {
      next.focusInside();
      return;
    }
    const { content } = this.panel;
    content.mode = 'command';
    content.node.focus({ preventScroll: true });
  }

  private readonly bar: ProposalBar;
  private readonly panels = new Map<string, ChangePanel>();
  private readonly opening = new Set<string>();
  private readonly disposing = new DisposableDelegate(() => {
    this.panels.forEach(shown => shown.dispose());
    this.bar.dispose();
    this.review.dispose();
  });
}

/** Whether what shows one entry can show the other. */
function fits(one: IEntry, other: IEntry): boolean {
  return one.host === other.host && one.place === other.place;
}

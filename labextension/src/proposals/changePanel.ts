import type { Cell } from '@jupyterlab/cells';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import { Panel, type PanelLayout } from '@lumino/widgets';
import { DiffEditor } from '../diff/diffEditor';
import { changeHead } from './changeHead';
import type { IEntry } from './entries';
import type { Review } from './review';

/** What a cell looks like while it is decided what becomes of it. */
const LOOKS: { readonly [kind: string]: string } = {
  edit: 'jp-Lumina-reviewing',
  delete: 'jp-Lumina-deleting'
};

/** One proposed change as it is seen at its cell: what it is, what it changes, and what can be done with it. */
export class ChangePanel extends Panel {
  constructor(
    private readonly review: Review,
    private readonly cell: Cell,
    private readonly editors: IEditorServices,
    entry: IEntry
  ) {
    super();
    this._entry = entry;
    const { trans } = review;
    this.addClass('jp-Lumina-action');
    this.addClass('jp-Lumina-proposal');
    this.addClass(`jp-mod-${entry.change.kind}`);
    this.node.tabIndex = -1;
    this.node.setAttribute('role', 'group');
    this.node.setAttribute('aria-label', trans.__('Lumina’s proposal'));
    this.node.addEventListener('focusin', this.onFocus);
    this.addWidget(changeHead(review, () => this._entry));
    this.show_(entry);
  }

  get entry(): IEntry {
    return this._entry;
  }

  get diff(): DiffEditor | null {
    return this._diff;
  }

  /** Show the entry as it has become. */
  renew(entry: IEntry): void {
    const last = this._entry;
    this._entry = entry;
    const [before, after] = [textsOf(last), textsOf(entry)];
    if (before !== after) {
      const focused = this._diff?.node.contains(document.activeElement) ?? false;
      this.show_(entry);
      if (focused) {
        this.focusInside();
      }
    }
    this.mark(entry);
  }

  /** Put it where it belongs in its cell. */
  attach_(): void {
    const layout = this.cell.layout as PanelLayout;
    const input = layout.widgets.findIndex(widget => widget.hasClass('jp-Cell-inputWrapper'));
    const { place } = this._entry;
    const index = place === 'above' ? input : place === 'instead' ? input + 1 : Infinity;
    layout.insertWidget(Math.max(0, Math.min(index, layout.widgets.length)), this);
    this.mark(this._entry);
  }

  /** Put the keyboard's focus on what is to be decided. */
  focusInside(): void {
    if (this._diff && this._entry.change.hunks.length) {
      this._diff.focus();
    } else {
      this.node.focus({ preventScroll: true });
    }
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this.node.removeEventListener('focusin', this.onFocus);
    const look = LOOKS[this._entry.change.kind];
    if (look) {
      this.cell.removeClass(look);
    }
    super.dispose();
  }

  private readonly onFocus = (): void => this.review.visit(this._entry);

  private mark({ change }: IEntry): void {
    const open = change.state === 'open';
    this.toggleClass('jp-mod-stale', !open);
    // The diff stands in the place of the cell's own editor; what is stale leaves that to be read.
    const look = LOOKS[change.kind];
    if (look) {
      this.cell.toggleClass(look, open);
    }
  }

  private show_({ change, proposal }: IEntry): void {
    this._diff?.dispose();
    this._diff = null;
    const written = change.kind === 'edit' || change.kind === 'insert';
    if (!written || change.state !== 'open') {
      return;
    }
    const original = change.kind === 'edit' ? change.base : change.proposed;
    const { panel, trans } = this.review;
    this._diff = new DiffEditor({
      proposal: { original, proposed: change.proposed },
      mimeType:
        change.cell_type === 'code'
          ? panel.content.codeMimetype
          : change.cell_type === 'markdown'
            ? 'text/x-ipythongfm'
            : 'text/plain',
      services: this.editors,
      trans,
      decider: {
        hunks: change.hunks,
        decide: (accept, hunks) => {
          const entry = { ...this._entry, proposal };
          void this.review.decide({ accept, entry, hunks });
        }
      }
    });
    this.addWidget(this._diff);
  }

  private _entry: IEntry;
  private _diff: DiffEditor | null = null;
}

/** What a change shows: it is drawn anew only when this is another. */
function textsOf({ change }: IEntry): string {
  return JSON.stringify([change.state, change.base, change.proposed, change.hunks]);
}

import type { Cell } from '@jupyterlab/cells';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { LuminaClient } from '../api';
import type { ICellAction } from './actions';
import type { ActionPanel } from './panel';

export interface ISessionServices {
  readonly client: LuminaClient;
  readonly commands: CommandRegistry;
  readonly editors: IEditorServices;
  readonly trans: TranslationBundle;
  readonly keyed: ReadonlySet<string>;
}

/** The actions under way, one a cell; what shows them is loaded with the first. */
export class Sessions {
  constructor(private readonly services: ISessionServices) {}

  /** Begin an action in a cell; another that was open there ends. */
  async begin(
    action: ICellAction,
    panel: NotebookPanel,
    cell: Cell,
    instruction: string
  ): Promise<void> {
    const [{ RunningAction }, { ActionPanel }] = await Promise.all([
      import('./action'),
      import('./panel'),
      cell.ready
    ]);
    if (cell.isDisposed) {
      return;
    }
    this._open.get(cell)?.action.close();
    const { client, trans } = this.services;
    const running = new RunningAction(action, { panel, cell, client, trans });
    const view = new ActionPanel(running, {
      ...this.services,
      rendermime: panel.content.rendermime
    });
    this._open.set(cell, view);
    view.disposed.connect(() => {
      if (this._open.get(cell) === view) {
        this._open.delete(cell);
      }
    });
    running.begin(instruction);
    view.open();
  }

  /** The action that is open in a cell. */
  of(cell: Cell | null | undefined): ActionPanel | undefined {
    return cell ? this._open.get(cell) : undefined;
  }

  private readonly _open = new Map<Cell, ActionPanel>();
}

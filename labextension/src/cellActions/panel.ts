import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import { CommandRegistry } from '@lumino/commands';
import { Throttler } from '@lumino/polling';
import { Panel, type PanelLayout, type Widget } from '@lumino/widgets';
import { DiffEditor, type IProposedText } from '../diff/diffEditor';
import type { RunningAction } from './action';
import { Head } from './head';

/** Milliseconds between two renderings of an answer that streams. */
const RENDER_EVERY = 150;
const REVIEWING = 'jp-Lumina-reviewing';

export interface IPanelServices {
  readonly commands: CommandRegistry;
  readonly editors: IEditorServices;
  readonly rendermime: IRenderMimeRegistry;
  /** The commands that keys mean while the keyboard's focus is on one of the panel's buttons. */
  readonly keyed: ReadonlySet<string>;
}

/** An action as it is seen in its cell: its head, and below it the diff or the explanation. */
export class ActionPanel extends Panel {
  constructor(
    readonly action: RunningAction,
    private readonly services: IPanelServices
  ) {
    super();
    const { trans } = action.context;
    this.addClass('jp-Lumina-action');
    this.node.tabIndex = -1;
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Lumina: %1', action.action.label));
    this.node.addEventListener('keydown', this);
    this.addWidget(
      new Head(action, {
        run: instruction => void action.run(instruction),
        stop: () => action.stop(),
        again: () => action.again(),
        acceptAll: () => action.acceptAll(),
        refuseAll: () => action.refuseAll(),
        close: () => action.close(),
        shown: () => this.goOn(),
        keys: command => this.keysOf(command)
      })
    );
    action.proposed.connect(this.onProposed, this);
    action.stateChanged.connect(this.onState, this);
    this._shown = new Throttler(() => this.renderAnswer(), RENDER_EVERY);
  }

  get diff(): DiffEditor | null {
    return this._body instanceof DiffEditor ? this._body : null;
  }

  /** Show it in its cell, and take the keyboard's focus. */
  open(): void {
    const { cell } = this.action.context;
    const layout = cell.layout as PanelLayout;
    const input = layout.widgets.findIndex(widget => widget.hasClass('jp-Cell-inputWrapper'));
    layout.insertWidget(input + 1, this);
    this.node.focus({ preventScroll: true });
    this.node.scrollIntoView({ block: 'nearest' });
  }

  handleEvent(event: Event): void {
    const pressed = event as KeyboardEvent;
    const target = event.target as HTMLElement;
    if (target.closest('[data-lm-suppress-shortcuts]')) {
      this.runKeys(pressed);
    }
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    const { cell, panel } = this.action.context;
    const focused = this.node.contains(document.activeElement);
    this.node.removeEventListener('keydown', this);
    this._shown.dispose();
    this.action.dispose();
    cell.removeClass(REVIEWING);
    super.dispose();
    if (focused && !cell.isDisposed && panel.content.activeCell === cell) {
      panel.content.mode = 'edit';
      cell.editor?.focus();
    }
  }

  private onState(): void {
    const { state } = this.action;
    if (state.kind === 'closed') {
      this.dispose();
      return;
    }
    this.toggleClass('jp-mod-stale', state.kind === 'review' && state.stale);
    if (state.kind === 'answer') {
      void this._shown.invoke();
    } else if (state.kind !== 'review') {
      this.setBody(null);
    }
  }

  private onProposed(_: RunningAction, proposal: IProposedText): void {
    const { cell, trans } = this.action.context;
    const diff = new DiffEditor({
      proposal,
      mimeType: cell.model.mimeType,
      services: this.services.editors,
      trans,
      changed: (left, accepted, original, document) =>
        // The editor is in the middle of an update, and must not be taken away in it.
        queueMicrotask(() => {
          if (this._body === diff) {
            this.action.reviewed(left, accepted, original, document);
          }
        })
    });
    this.setBody(diff);
    diff.report();
    this.goOn();
  }

  private async renderAnswer(): Promise<void> {
    if (this.isDisposed || this.action.state.kind !== 'answer') {
      return;
    }
    const { rendermime } = this.services;
    const model = rendermime.createModel({ data: { 'text/markdown': this.action.text } });
    const renderer = rendermime.createRenderer('text/markdown');
    renderer.addClass('jp-Lumina-actionAnswer');
    await renderer.renderModel(model);
    if (this.isDisposed) {
      renderer.dispose();
    } else {
      this.setBody(renderer);
    }
  }

  /** Show the diff or the answer below the head, or nothing. */
  private setBody(body: Widget | null): void {
    const { cell } = this.action.context;
    if (body === this._body) {
      return;
    }
    if (body) {
      this.addWidget(body);
    }
    this._body?.dispose();
    this._body = body;
    // The diff stands in the place of the cell's own editor.
    cell.toggleClass(REVIEWING, body instanceof DiffEditor);
  }

  /** Put the focus where the person goes on, if it is here or went away with what had it. */
  private goOn(): void {
    const { activeElement, body } = document;
    if (this.isDisposed || !(this.node.contains(activeElement) || activeElement === body)) {
      return;
    }
    if (this.diff) {
      this.diff.focus();
    } else {
      this.node.querySelector<HTMLElement>('[data-lumina-focus]')?.focus();
    }
  }

  /** Do what the pressed keys mean by the person's own shortcuts, which buttons keep from JupyterLab. */
  private runKeys(event: KeyboardEvent): void {
    const keys = CommandRegistry.keystrokeForKeydownEvent(event);
    const binding = this.services.commands.keyBindings.find(
      ({ command, keys: bound }) =>
        this.services.keyed.has(command) && bound.length === 1 && bound[0] === keys
    );
    if (binding) {
      event.preventDefault();
      event.stopPropagation();
      void this.services.commands.execute(binding.command, binding.args);
    }
  }

  private keysOf(command: string): string {
    const binding = this.services.commands.keyBindings.find(each => each.command === command);
    return binding ? binding.keys.map(CommandRegistry.formatKeystroke).join(' ') : '';
  }

  private _body: Widget | null = null;
  private readonly _shown: Throttler<void>;
}

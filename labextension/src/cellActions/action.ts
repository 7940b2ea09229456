import type { Cell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { VDomModel } from '@jupyterlab/ui-components';
import { Signal, type ISignal } from '@lumino/signaling';
import { ApiError, type LuminaClient } from '../api';
import type { IProposedText } from '../diff/diffEditor';
import { notebookView } from '../notebook/view';
import type { ICellAction } from './actions';
import { setSource } from './apply';
import { ask, questionOf } from './ask';
import { continuation, insertion, replacement, type IAnswer } from './code';
import { rebased } from './rebase';
import type { State } from './state';

/** What a running action works with. */
export interface IActionContext {
  readonly panel: NotebookPanel;
  readonly cell: Cell;
  readonly client: LuminaClient;
  readonly trans: TranslationBundle;
}

/**
 * One action on one cell, from the instruction to its end: asks, streams, proposes, and changes the cell
 * when its person says so and never before.
 */
export class RunningAction extends VDomModel {
  constructor(
    readonly action: ICellAction,
    readonly context: IActionContext
  ) {
    super();
    context.cell.disposed.connect(() => this.close());
    context.cell.model.sharedModel.changed.connect(this.onCellChanged, this);
  }

  get state(): State {
    return this._state;
  }

  /** What is proposed now; only in review. */
  get proposal(): IProposedText | null {
    return this._proposal;
  }

  /** The answer so far. */
  get text(): string {
    return this._text;
  }

  /** Emitted when there is a proposal to be shown, be it the first or another one. */
  get proposed(): ISignal<this, IProposedText> {
    return this._proposed;
  }

  /** Begin: with a question to the person when the action has one that is not answered yet. */
  begin(instruction: string): void {
    this._instruction = instruction;
    if (this.action.question && !instruction.trim()) {
      this.set({ kind: 'asking', instruction });
    } else {
      void this.run(instruction);
    }
  }

  /** Ask the model; nothing happens while an answer is under way. */
  async run(instruction: string): Promise<void> {
    const { cell, panel, client } = this.context;
    this._instruction = instruction;
    this._abort?.abort();
    const abort = (this._abort = new AbortController());
    this._text = '';
    this._base = cell.model.sharedModel.getSource();
    this.set({ kind: 'running', model: '', text: '' });
    const view = notebookView(panel, { cell: cell.model.id });
    const question = questionOf(this.action.command, instruction, view);
    const kernel = panel.sessionContext.session?.kernel?.id;
    try {
      const events = ask(
        client,
        kernel ? { ...question, kernel_id: kernel } : question,
        abort.signal
      );
      for await (const event of events) {
        if (abort.signal.aborted) {
          return;
        }
        switch (event.type) {
          case 'message_started':
            this.set({ kind: 'running', model: event.model, text: this._text });
            break;
          case 'text_delta':
            this._text += event.text;
            this.onText();
            break;
          case 'failed':
            this.fail(event.message, event.hint ?? '');
            return;
          case 'message_finished':
            this.finish(event.reason);
            return;
        }
      }
      if (!abort.signal.aborted) {
        const { trans } = this.context;
        this.fail(trans.__('The answer broke off.'), trans.__('Try again.'));
      }
    } catch (error) {
      if (!abort.signal.aborted) {
        this.failWith(ApiError.of(error));
      }
    }
  }

  /** Stop the model; an instruction can be changed and sent again, everything else is over. */
  stop(): void {
    this._abort?.abort();
    if (this.action.question) {
      this.set({ kind: 'asking', instruction: this._instruction });
    } else {
      this.close();
    }
  }

  /** Ask once more. */
  again(): void {
    void this.run(this._instruction);
  }

  /** How the review stands: what has not been decided, and the text as it would become. */
  reviewed(left: number, accepted: number, original: string, document: string): void {
    if (this._state.kind !== 'review' || !this._proposal) {
      return;
    }
    this._proposal = { original, proposed: document };
    if (!left && !this._state.stale) {
      this.conclude(document);
    } else {
      this.set({ ...this._state, left, accepted });
    }
  }

  /** Accept all that is left. */
  acceptAll(): void {
    if (this._state.kind === 'review' && !this._state.stale && this._proposal) {
      this.conclude(this._proposal.proposed);
    }
  }

  /** Refuse all that is left; what has been accepted is done. */
  refuseAll(): void {
    if (this._state.kind === 'review' && !this._state.stale && this._proposal) {
      this.conclude(this._proposal.original);
    } else {
      this.close();
    }
  }

  /** End it; whatever was not accepted is gone. */
  close(): void {
    if (this._state.kind === 'closed') {
      return;
    }
    this._abort?.abort();
    Signal.disconnectReceiver(this);
    this.set({ kind: 'closed' });
  }

  private onText(): void {
    if (this.action.result === 'answer') {
      this.set({ kind: 'answer', done: false });
    } else if (this._state.kind === 'running') {
      this.set({ ...this._state, text: this._text });
    }
  }

  private finish(reason: string): void {
    const { trans, cell, panel } = this.context;
    const { result } = this.action;
    if (reason === 'cancelled') {
      this.stop();
      return;
    }
    if (reason === 'length' && result !== 'answer') {
      this.fail(
        trans.__('The answer was cut off, because it became too long for this model.'),
        trans.__('Split the cell, ask for less, or choose another model.')
      );
      return;
    }
    if (result === 'answer') {
      this.finishAnswer();
      return;
    }
    const answer = this.answerIn(this._text);
    if (answer.code === null) {
      this.fail(
        this._text.trim()
          ? trans.__('The answer holds no code.')
          : trans.__('The model answered with nothing.'),
        answer.remark.slice(0, 600) || trans.__('Say it in other words, or choose another model.')
      );
    } else if (result === 'insert') {
      insertBelow(panel, cell, answer.code);
      this.close();
    } else {
      this.propose(answer.code, answer.remark);
    }
  }

  private finishAnswer(): void {
    const { trans } = this.context;
    if (this._text.trim()) {
      this.set({ kind: 'answer', done: true });
    } else {
      this.fail(trans.__('The model answered with nothing.'), trans.__('Try again.'));
    }
  }

  private answerIn(text: string): IAnswer {
    const { cell, panel } = this.context;
    const code = panel.content.model?.defaultKernelLanguage || 'python';
    const language = cell.model.type === 'code' ? code : 'markdown';
    switch (this.action.result) {
      case 'insert':
        return insertion(text, language);
      case 'append':
        return continuation(text, this._base, language);
      default:
        return replacement(text, this._base, language);
    }
  }

  private propose(proposed: string, remark: string): void {
    const { trans, cell } = this.context;
    if (proposed === this._base) {
      this.set({
        kind: 'message',
        tone: 'plain',
        message: trans.__('Nothing to change: the model would leave this cell as it is.'),
        hint: remark
      });
      return;
    }
    this._proposal = { original: this._base, proposed };
    this.set({ kind: 'review', remark, left: 1, accepted: 0, notice: '', stale: false });
    this._proposed.emit(this._proposal);
    if (cell.model.sharedModel.getSource() !== this._base) {
      this.onCellChanged();
    }
  }

  /** Somebody changed the cell: what is proposed is for another text now. */
  private onCellChanged(): void {
    const { trans, cell } = this.context;
    if (this._state.kind !== 'review' || !this._proposal || this._concluding) {
      return;
    }
    const current = cell.model.sharedModel.getSource();
    if (current === this._base) {
      return;
    }
    const proposed = rebased(this._base, this._proposal.proposed, current);
    if (proposed === null) {
      this.set({
        ...this._state,
        stale: true,
        notice: trans.__(
          'The same lines of this cell were changed meanwhile, so these changes no longer fit. Ask again for the cell as it is now.'
        )
      });
      return;
    }
    this._base = current;
    this._proposal = { original: current, proposed };
    this.set({
      ...this._state,
      accepted: 0,
      notice: trans.__('The cell was changed meanwhile; the diff is against the cell as it is now.')
    });
    this._proposed.emit(this._proposal);
  }

  private conclude(source: string): void {
    this._concluding = true;
    setSource(this.context.cell.model.sharedModel, source);
    this.close();
  }

  private fail(message: string, hint: string): void {
    this.set({ kind: 'message', tone: 'error', message, hint });
  }

  private failWith(error: ApiError): void {
    const { trans } = this.context;
    if (error.unreached) {
      this.fail(
        trans.__('The Jupyter server cannot be reached.'),
        trans.__('Check that it still runs, then try again.')
      );
    } else {
      const next = trans.__('Try again, or run `lumina doctor` in a terminal.');
      this.fail(error.message, error.hint || next);
    }
  }

  private set(state: State): void {
    if (this._state.kind === 'closed') {
      return;
    }
    this._state = state;
    this.stateChanged.emit();
  }

  private _state: State = { kind: 'asking', instruction: '' };
  private _instruction = '';
  private _text = '';
  private _base = '';
  private _proposal: IProposedText | null = null;
  private _proposed = new Signal<this, IProposedText>(this);
  private _abort: AbortController | null = null;
  private _concluding = false;
}

/** Put code into a new cell below one, as one change that undo takes back. */
function insertBelow(panel: NotebookPanel, cell: Cell, code: string): void {
  const notebook = panel.content;
  const at = notebook.widgets.indexOf(cell) + 1;
  const mayGo = cell.node.contains(document.activeElement);
  notebook.model?.sharedModel.insertCell(at, { cell_type: 'code', source: code });
  if (mayGo) {
    notebook.activeCellIndex = at;
    void notebook.scrollToItem(at);
  }
}

import type { TranslationBundle } from '@jupyterlab/translation';
import type { ApiError } from '../../api';
import type { Conversation } from './conversation';
import type { ConversationsApi } from './conversationsApi';
import type { IKeep } from './keep';
import { Outbox, type IOutgoing } from './outbox';
import type { IConversation, INotebookView } from './wire';

/** What a sender works with, and whom it tells. */
export interface ISenderOptions {
  keep: IKeep;
  api: ConversationsApi;
  trans: TranslationBundle;
  /** The notebook as it is now, if it is the one that is worked on. */
  view(notebook: string): INotebookView | undefined;
  /** What shows a question's conversation, if it is shown. */
  conversationOf(item: IOutgoing): Conversation | null;
  /** The server made the conversation of a question; told before the questions know it. */
  onMade(item: IOutgoing, made: IConversation): void;
  /** A question was not sent; `error` is null when it was taken back. */
  onUnsent(item: IOutgoing, error: ApiError | null): void;
}

/** Sends questions, shows in their conversations how that goes, and makes conversations for their first one. */
export class Sender {
  constructor(private readonly options: ISenderOptions) {
    const shown = (item: IOutgoing): Conversation | null => options.conversationOf(item);
    this.outbox = new Outbox({
      keep: options.keep,
      send: (item, signal) => this.send(item, signal),
      onSending: item => shown(item)?.setDelivery(item.id, { kind: 'sending' }),
      onWaiting: (item, error) => {
        const reason = this.reasonOf(error);
        shown(item)?.setDelivery(item.id, { kind: 'waiting', reason });
      },
      onSent: item => {
        shown(item)?.setDelivery(item.id, null);
        this.settle(item);
      },
      onRefused: (item, error) => this.unsent(item, error)
    });
  }

  /** What has not been sent, oldest first. */
  list(): readonly IOutgoing[] {
    return this.outbox.list();
  }

  /** Send what was kept before the page was loaded. */
  start(): void {
    this.outbox.start();
  }

  /** Show a question and send it; resolves when the server has it, or when it came back. */
  async post(item: IOutgoing): Promise<void> {
    this.options.conversationOf(item)?.addQuestion(item);
    const settled = new Promise<void>(resolve => this.settled.set(item.id, resolve));
    this.outbox.add(item);
    await settled;
  }

  /** Take a question back. */
  withdraw(turn: string): void {
    const item = this.outbox.withdraw(turn);
    if (item) {
      this.unsent(item, null);
    }
  }

  wake(): void {
    this.outbox.wake();
  }

  dispose(): void {
    this.outbox.dispose();
  }

  private async send(item: IOutgoing, signal: AbortSignal): Promise<void> {
    const { api } = this.options;
    if (!item.conversation) {
      const made = await api.create(item.notebook, {}, signal);
      this.options.onMade(item, made);
      for (const other of this.outbox.list()) {
        if (!other.conversation && other.notebook === item.notebook) {
          this.outbox.bind(other.id, made.id);
        }
      }
    }
    await api.post(item, this.options.view(item.notebook), signal);
  }

  private unsent(item: IOutgoing, error: ApiError | null): void {
    this.options.conversationOf(item)?.removeQuestion(item.id);
    this.options.onUnsent(item, error);
    this.settle(item);
  }

  private settle({ id }: IOutgoing): void {
    this.settled.get(id)?.();
    this.settled.delete(id);
  }

  private reasonOf(error: ApiError): string {
    const { trans } = this.options;
    return error.status
      ? trans.__('The Jupyter server is not there yet.')
      : trans.__('The Jupyter server cannot be reached.');
  }

  private readonly outbox: Outbox;
  /** Who waits for a question to be kept, or to come back. */
  private readonly settled = new Map<string, () => void>();
}

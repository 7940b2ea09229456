import type { TranslationBundle } from '@jupyterlab/translation';
import { Conversation } from './conversation';
import type { ConversationsApi } from './conversationsApi';
import type { IConnection } from './snapshot';
import { ConversationStream } from './stream';
import type { Frame, IConversation } from './wire';

/** What somebody who lists conversations learns from following one. */
export interface IFollowingEvents {
  onChanged(conversation: IConversation): void;
  onRemoved(id: string): void;
  onConnection(connection: IConnection): void;
}

/** A conversation and its subscription; without an id it waits for its first question. */
export class Following {
  constructor(
    id: string,
    private readonly api: ConversationsApi,
    private readonly trans: TranslationBundle,
    private readonly events: IFollowingEvents
  ) {
    this.conversation = new Conversation(id);
    if (id) {
      this.open();
    } else {
      this.setConnection({ state: 'live', reason: '', hint: '', retryAt: null });
    }
  }

  readonly conversation: Conversation;

  /** The server has made the conversation. */
  bind(id: string): void {
    this.conversation.bind(id);
    this.open();
  }

  setVisible(visible: boolean): void {
    this.visible = visible;
    if (visible) {
      this.stream?.start();
    } else {
      this.stream?.pause();
    }
  }

  reconnect(): void {
    this.stream?.wake();
  }

  dispose(): void {
    this.stream?.dispose();
    this.conversation.dispose();
  }

  private open(): void {
    const { conversation } = this;
    this.stream = new ConversationStream({
      open: (after, signal) => this.api.stream(conversation.id, after, signal),
      sequence: () => conversation.sequence,
      onFrames: frames => this.take(frames),
      onConnection: connection => this.setConnection(connection),
      trans: this.trans
    });
    this.setVisible(this.visible);
  }

  private take(frames: readonly Frame[]): void {
    this.conversation.apply(frames);
    for (const frame of frames) {
      if (frame.kind === 'changed') {
        this.events.onChanged(frame.conversation);
      } else if (frame.kind === 'removed') {
        this.events.onRemoved(frame.id);
      } else if (frame.kind === 'gone') {
        this.events.onRemoved(this.conversation.id);
      }
    }
  }

  private setConnection(connection: IConnection): void {
    this.conversation.setConnection(connection);
    this.events.onConnection(connection);
  }

  private stream: ConversationStream | null = null;
  private visible = false;
}

import { load } from './catalogue';
import type { ConversationsApi } from './conversationsApi';
import type { ILoaded } from './panelModel';
import type { IConversation } from './wire';

const NONE: ILoaded<readonly IConversation[]> = { state: 'idle', value: [], error: null };

/** The conversations of one document, as the server lists them and as streams say that they change. */
export class ConversationList {
  constructor(
    private readonly api: ConversationsApi,
    private readonly onChange: () => void
  ) {}

  get loaded(): ILoaded<readonly IConversation[]> {
    return this._loaded;
  }

  /** One that is known, of another notebook too if a search led there. */
  get(id: string): IConversation | null {
    const known = this._loaded.value.find(one => one.id === id) ?? null;
    return known ?? (this.visitor?.id === id ? this.visitor : null);
  }

  /** The one that was talked in last. */
  get newest(): IConversation | null {
    return this._loaded.value[0] ?? null;
  }

  /** The document that it is about; of another one nothing is known yet. */
  moveTo(path: string): void {
    this.path = path;
    this.visitor = null;
    this._loaded = NONE;
    this.onChange();
  }

  /** The document has another path. */
  rename(path: string): void {
    this.path = path;
  }

  /** Ask the server; resolves to whether the answer is what the list now is. */
  async load(kernelId: string): Promise<boolean> {
    const { path } = this;
    await load(
      this._loaded,
      true,
      loaded => {
        if (path === this.path) {
          this._loaded = loaded;
          this.onChange();
        }
      },
      async () => {
        const all = await this.api.list(path, kernelId);
        // Without a notebook the server lists those of all.
        return path ? all : all.filter(({ notebook }) => !notebook);
      }
    );
    return path === this.path && this._loaded.state === 'ready';
  }

  /** A conversation is new, or something about it has changed. */
  put(conversation: IConversation): void {
    const { value } = this._loaded;
    if (conversation.notebook !== this.path) {
      this.drop(conversation.id);
    } else if (value.some(({ id }) => id === conversation.id)) {
      this.set(value.map(one => (one.id === conversation.id ? conversation : one)));
    } else {
      this.set([conversation, ...value]);
    }
  }

  drop(id: string): void {
    this.set(this._loaded.value.filter(one => one.id !== id));
  }

  /** Make sure that a conversation is known, whichever notebook it belongs to. */
  async fetch(id: string): Promise<void> {
    if (!this.get(id)) {
      this.visitor = await this.api.get(id);
    }
  }

  private set(value: readonly IConversation[]): void {
    this._loaded = { ...this._loaded, value };
    this.onChange();
  }

  private path = '';
  private _loaded = NONE;
  private visitor: IConversation | null = null;
}

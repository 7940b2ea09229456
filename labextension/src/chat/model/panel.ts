import { UUID } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { ApiError } from '../../api';
import { panelCommands } from '../slash/panelCommands';
import { Catalogue } from './catalogue';
import { Composer } from './composer';
import { ConversationList } from './conversationList';
import { ConversationsApi } from './conversationsApi';
import type { DocumentChange, ICurrentDocument } from './documents';
import { Following } from './following';
import { canGive, give } from './giving';
import { fetchImages } from './images';
import { BrowserKeep, LAST_MODEL, MODEL, rename, SELECTED, type IKeep } from './keep';
import { Lookout } from './lookout';
import { Notifier } from './notifier';
import type { IOutgoing } from './outbox';
import type { IAskOptions, IPanelModel, IPanelSnapshot } from './panelModel';
import type { IPanelOptions } from './panelOptions';
import { Sender } from './sender';
import { Typing } from './typing';
import type { ExportFormat, IConversation, IImage, INotebookView, ISearchHit } from './wire';

/** The whole panel: one document, its conversations, the one that is shown, and what is being written. */
export class PanelModel implements IPanelModel {
  constructor(private readonly options: IPanelOptions) {
    const { client, documents, slash, trans } = options;
    this.keep = options.keep ?? new BrowserKeep(new URL(client.settings.baseUrl).pathname);
    this.api = new ConversationsApi(client);
    this.notifier = new Notifier(() => {
      this.snapshot = this.makeSnapshot();
    }, options.schedule);
    this.catalogue = new Catalogue(client, () => this.notifier.later());
    this.list = new ConversationList(this.api, () => this.notifier.later());
    this.composer = new Composer(this.keep, () => this.notifier.now());
    this.typist = new Typing(typing => this.postTyping(typing));
    this.sender = new Sender({
      keep: this.keep,
      api: this.api,
      trans,
      view: notebook => (notebook === this.path ? this.notebookView() : undefined),
      conversationOf: item => (this.isShown(item) ? this.conversation : null),
      onMade: (item, made) => this.onMade(item, made),
      onUnsent: (item, error) => {
        const place = item.conversation || item.notebook;
        this.composer.takeBack(place, item.text, item.images);
        if (error) {
          this.setProblem(error);
        }
      }
    });
    this.commands = panelCommands(this, trans).map(command => slash.add(command));
    documents.changed.connect(this.onDocument, this);
    this.following = this.follow('');
    this.snapshot = this.makeSnapshot();
    this.path = documents.document.path;
    this.moveTo(this.path);
    this.sender.start();
  }

  get isDisposed(): boolean {
    return this.disposed;
  }

  subscribe(listener: () => void): () => void {
    return this.notifier.subscribe(listener);
  }

  getSnapshot(): IPanelSnapshot {
    return this.snapshot;
  }

  setVisible(visible: boolean): void {
    if (visible === this.visible) {
      return;
    }
    this.visible = visible;
    this.following.setVisible(visible);
    this.lookout.set(visible);
    if (visible) {
      void this.loadConversations();
      void this.catalogue.load(false);
    } else {
      this.typist.stop();
    }
  }

  notebookView(): INotebookView | undefined {
    return this.options.documents.view();
  }

  async ask(text: string, options: IAskOptions = {}): Promise<void> {
    const own = this.options.slash.match(text);
    if (own?.command.run) {
      this.composer.empty();
      await this.attempt(async () => own.command.run!(own.argument));
      return;
    }
    const images = options.images ?? this.composer.draft.images;
    if (!text.trim() && !images.length) {
      return;
    }
    const parent = options.parent ?? this.composer.parentIn(this.conversation);
    this.composer.empty();
    this.typist.stop();
    if (options.newConversation) {
      this.show('');
      this.fresh = true;
    }
    await this.post(text, images, options.newConversation ? '' : parent, options.command ?? '');
  }

  async give(text: string, written = text): Promise<void> {
    const { images } = this.composer.draft;
    const follows = this.composer.parentIn(this.conversation);
    const giving = {
      ...{ ...this.options, images, follows, model: this.model },
      conversation: async () =>
        this.conversation.id || (await this.begin(() => this.api.create(this.path))).id
    };
    this.composer.empty();
    this.typist.stop();
    this.setProblem(null);
    try {
      this.conversation.show(await this.attempt(() => give(text, giving)));
    } catch (error) {
      this.composer.takeBack(this.place, written, images);
      throw error;
    }
  }

  async retry(turn: string): Promise<void> {
    const before = this.conversation.turn(turn);
    if (before) {
      const { text, command, images } = before.question;
      await this.attempt(async () => {
        const pictures = await fetchImages(images, sha256 => this.attachment(sha256));
        await this.post(text, pictures, before.parent, command);
      });
    }
  }

  beginEdit(turn: string): void {
    const question = this.conversation.turn(turn)?.question;
    if (!question) {
      return;
    }
    this.composer.edit(turn, question.text);
    if (question.images.length) {
      this.attempt(async () => {
        const pictures = await fetchImages(question.images, sha256 => this.attachment(sha256));
        if (this.composer.editing === turn) {
          this.composer.write(this.composer.draft.text, pictures);
        }
      }).catch(() => undefined);
    }
  }

  branchFrom(turn: string): void {
    this.composer.branch(turn);
  }

  cancelEdit(): void {
    this.composer.cancel();
  }

  async stop(turn: string): Promise<void> {
    if (this.sender.list().some(({ id }) => id === turn)) {
      this.withdraw(turn);
      return;
    }
    const { conversation } = this;
    conversation.setStopping(turn, true);
    const giveUp = (error: unknown): never => {
      conversation.setStopping(turn, false);
      throw error;
    };
    await this.attempt(() => this.api.cancel(turn).catch(giveUp));
  }

  async stopAll(): Promise<void> {
    const { running } = this.conversation.getSnapshot();
    await Promise.all(running.map(turn => this.stop(turn)));
  }

  withdraw(turn: string): void {
    this.sender.withdraw(turn);
  }

  setDraft(text: string, images: readonly IImage[] = this.composer.draft.images): void {
    this.composer.typed(text, images);
    this.notifier.later();
  }

  typing(): void {
    this.typist.typed();
  }

  dismissProblem(): void {
    this.setProblem(null);
  }

  showHelp(shown: boolean): void {
    this.help = shown;
    this.notifier.now();
  }

  refreshConversations(): Promise<void> {
    return this.loadConversations();
  }

  select(conversation: string): void {
    if (conversation !== this.conversation.id) {
      this.keep.set(SELECTED + this.path, conversation);
      this.show(conversation);
    }
  }

  async create(options: { title?: string; shared?: boolean } = {}): Promise<IConversation> {
    const { selected } = this;
    if (selected?.mine && !this.conversation.getSnapshot().count && !Object.keys(options).length) {
      return selected;
    }
    return this.begin(() => this.api.create(this.path, options));
  }

  async rename(conversation: string, title: string): Promise<void> {
    this.list.put(await this.attempt(() => this.api.change(conversation, { title })));
  }

  async share(conversation: string, shared: boolean): Promise<void> {
    this.list.put(await this.attempt(() => this.api.change(conversation, { shared })));
  }

  async remove(conversation: string): Promise<void> {
    await this.attempt(() => this.api.remove(conversation));
    this.drop(conversation);
  }

  search(
    query: string,
    options: { everywhere?: boolean; limit?: number; signal?: AbortSignal } = {}
  ): Promise<readonly ISearchHit[]> {
    const { everywhere, ...rest } = options;
    return this.api.search(query, { ...rest, ...(everywhere ? {} : { notebook: this.path }) });
  }

  async open(hit: ISearchHit): Promise<void> {
    await this.attempt(() => this.list.fetch(hit.conversation_id));
    this.select(hit.conversation_id);
    this.conversation.show(hit.turn);
  }

  exportAs(conversation: string, format: ExportFormat): Promise<{ name: string; blob: Blob }> {
    return this.attempt(() => this.api.exportAs(conversation, format));
  }

  importFrom(content: string, format: 'json' | 'chat'): Promise<IConversation> {
    return this.begin(() => this.api.importFrom(this.path, content, format));
  }

  attachment(sha256: string): Promise<Blob> {
    return this.api.attachment(this.conversation.id, sha256);
  }

  chooseModel(model: string): void {
    this.keep.set(MODEL + this.place, model);
    this.keep.set(LAST_MODEL, model);
    this.notifier.now();
  }

  refreshModels(): Promise<void> {
    return this.catalogue.load(true);
  }

  reconnect(): void {
    this.following.reconnect();
    this.sender.wake();
    void this.loadConversations();
  }

  dispose(): void {
    if (this.disposed) {
      return;
    }
    this.disposed = true;
    this.options.documents.changed.disconnect(this.onDocument, this);
    this.commands.forEach(command => command.dispose());
    this.typist.stop();
    const { composer, following, lookout, notifier, sender } = this;
    [composer, sender, following, lookout, notifier].forEach(part => part.dispose());
  }

  private onDocument(documents: ICurrentDocument, change: DocumentChange): void {
    const { path } = documents.document;
    if (path !== this.path) {
      const before = this.path;
      this.path = path;
      if (change === 'renamed') {
        rename(this.keep, before, path);
        this.list.rename(path);
        this.composer.rename(this.place);
      } else {
        this.moveTo(path);
      }
      void this.loadConversations();
    }
    this.notifier.now();
  }

  private moveTo(path: string): void {
    this.typist.stop();
    this.list.moveTo(path);
    this.show(this.keep.get(SELECTED + path) ?? '');
  }

  private async loadConversations(): Promise<void> {
    const { kernelId } = this.options.documents.document;
    if (!this.visible || !(await this.list.load(kernelId)) || this.disposed) {
      return;
    }
    // Show what was shown before, else what was talked in last.
    const asking = this.sender.list().some(item => this.isShown(item));
    if (!this.selected && !asking && !this.fresh) {
      this.show(this.list.newest?.id ?? '', place => this.composer.carryTo(place));
    }
  }

  private async lookForFirst(): Promise<void> {
    const { document } = this.options.documents;
    if (!this.conversation.id && !this.fresh && (await this.api.isAny(document))) {
      await this.loadConversations();
    }
  }

  /** Make a conversation and show it. */
  private async begin(make: () => Promise<IConversation>): Promise<IConversation> {
    const made = await this.attempt(make);
    this.list.put(made);
    this.select(made.id);
    return made;
  }

  /** Show a conversation; "" for one that is made with its first question. */
  private show(id: string, write = (place: string) => this.composer.moveTo(place)): void {
    this.following.dispose();
    this.fresh = false;
    this.following = this.follow(id);
    for (const item of this.sender.list()) {
      if (this.isShown(item)) {
        this.conversation.addQuestion(item);
      }
    }
    write(this.place);
  }

  private follow(id: string): Following {
    const following = new Following(id, this.api, this.options.trans, {
      onChanged: conversation => this.list.put(conversation),
      onRemoved: removed => this.drop(removed),
      onConnection: ({ state }) => {
        if (state === 'live') {
          this.sender.wake();
        }
      }
    });
    following.setVisible(this.visible);
    return following;
  }

  private drop(id: string): void {
    this.list.drop(id);
    if (this.conversation.id === id) {
      this.keep.remove(SELECTED + this.path);
      this.show(this.list.newest?.id ?? '');
    }
  }

  private async post(
    text: string,
    images: readonly IImage[],
    parent: string,
    command: string
  ): Promise<void> {
    const item: IOutgoing = {
      id: `req_${UUID.uuid4().replace(/-/g, '')}`,
      conversation: this.conversation.id,
      notebook: this.path,
      text,
      parent,
      model: this.model,
      command,
      images,
      kernelId: this.options.documents.document.kernelId,
      askedAt: Date.now() / 1000
    };
    this.setProblem(null);
    await this.sender.post(item);
  }

  /** The first question of a conversation made it. */
  private onMade(item: IOutgoing, made: IConversation): void {
    this.keep.set(SELECTED + item.notebook, made.id);
    if (this.isShown(item)) {
      this.keep.set(MODEL + made.id, this.model);
      this.following.bind(made.id);
      this.composer.rename(made.id);
      this.list.put(made);
    }
  }

  /** Whether the conversation that is shown is a question's. */
  private isShown(item: IOutgoing): boolean {
    const { id } = this.conversation;
    return item.conversation === id && (id !== '' || item.notebook === this.path);
  }

  private postTyping(typing: boolean): void {
    const { id } = this.conversation;
    if (id && this.visible) {
      // That nobody hears of it is no reason to bother who types.
      this.api.typing(id, typing).catch(() => undefined);
    }
  }

  private get conversation(): Following['conversation'] {
    return this.following.conversation;
  }

  private get selected(): IConversation | null {
    return this.list.get(this.conversation.id);
  }

  /** Where drafts and choices belong: the conversation, or the notebook while it has none. */
  private get place(): string {
    return this.conversation.id || this.path;
  }

  private get model(): string {
    return this.keep.get(MODEL + this.place) ?? this.keep.get(LAST_MODEL) ?? '';
  }

  /** Does something; what goes wrong is shown, and thrown on. */
  private async attempt<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (error) {
      this.setProblem(ApiError.of(error));
      throw error;
    }
  }

  private setProblem(problem: ApiError | null): void {
    this.problem = problem;
    this.notifier.now();
  }

  private makeSnapshot(): IPanelSnapshot {
    return {
      document: this.options.documents.document,
      conversations: this.list.loaded,
      selected: this.selected,
      conversation: this.conversation,
      models: this.catalogue.models,
      model: this.model,
      firstUse: this.catalogue.firstUse,
      draft: this.composer.draft,
      problem: this.problem,
      editing: this.composer.editing,
      branching: this.composer.branching,
      help: this.help,
      hasAgent: canGive(this.options)
    };
  }

  private path = '';
  private following: Following;
  private snapshot: IPanelSnapshot;
  /** Whether a conversation that is not made yet was asked for. */
  private fresh = false;
  private problem: ApiError | null = null;
  private help = false;
  private visible = false;
  private disposed = false;
  private readonly commands: readonly IDisposable[];
  private readonly keep: IKeep;
  private readonly api: ConversationsApi;
  private readonly catalogue: Catalogue;
  private readonly list: ConversationList;
  private readonly composer: Composer;
  private readonly sender: Sender;
  private readonly typist: Typing;
  private readonly notifier: Notifier;
  private readonly lookout = new Lookout(() => this.lookForFirst());
}

import type { TranslationBundle } from '@jupyterlab/translation';
import { UUID } from '@lumino/coreutils';
import type { IDisposable } from '@lumino/disposable';
import { ApiError, type LuminaClient } from '../../api';
import { panelCommands } from '../slash/panelCommands';
import type { ISlashCommands } from '../slash/tokens';
import { Catalogue, load } from './catalogue';
import { ConversationsApi } from './conversationsApi';
import type { DocumentChange, ICurrentDocument } from './documents';
import { Drafts } from './drafts';
import { Following } from './following';
import { fetchImages } from './images';
import { BrowserKeep, type IKeep } from './keep';
import { Notifier, type Schedule } from './notifier';
import { Outbox, type IOutgoing } from './outbox';
import type { IAskOptions, IDraft, ILoaded, IPanelModel, IPanelSnapshot } from './panelModel';
import { Typing } from './typing';
import type { ExportFormat, IConversation, IImage, INotebookView, ISearchHit } from './wire';

/** What a panel's model works with. */
export interface IPanelOptions {
  client: LuminaClient;
  documents: ICurrentDocument;
  slash: ISlashCommands;
  trans: TranslationBundle;
  /** Where drafts, unsent questions and choices survive a reload; the browser's storage by default. */
  keep?: IKeep;
  schedule?: Schedule;
}

/** The whole panel: one document, its conversations, the one that is shown, and what is being written. */
export class PanelModel implements IPanelModel {
  constructor(private readonly options: IPanelOptions) {
    const { client, documents } = options;
    this.keep = options.keep ?? new BrowserKeep(new URL(client.settings.baseUrl).pathname);
    this.api = new ConversationsApi(client);
    this.notifier = new Notifier(() => this.refresh(), options.schedule);
    this.catalogue = new Catalogue(client, () => this.notifier.later());
    this.drafts = new Drafts(this.keep);
    this.typist = new Typing(typing => this.postTyping(typing));
    this.outbox = new Outbox({
      keep: this.keep,
      send: (item, signal) => this.send(item, signal),
      onSending: item => this.storeOf(item)?.setDelivery(item.id, { kind: 'sending' }),
      onWaiting: (item, error) => this.onWaiting(item, error),
      onSent: item => this.onSent(item),
      onRefused: (item, error) => this.onRefused(item, error)
    });
    documents.changed.connect(this.onDocument, this);
    this.snapshot = this.makeSnapshot();
    this.onDocument(documents, 'switched');
    this.outbox.start();
    this.commands = panelCommands(this, options.trans).map(command => options.slash.add(command));
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
    this.following?.setVisible(visible);
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

  // --- asking ----------------------------------------------------------------------------------------

  async ask(text: string, options: IAskOptions = {}): Promise<void> {
    const own = this.options.slash.match(text);
    if (own?.command.run) {
      this.writeDraft('', []);
      await this.try(async () => own.command.run!(own.argument));
      return;
    }
    const images = options.images ?? this.draft.images;
    if (!text.trim() && !images.length) {
      return;
    }
    const parent = options.parent ?? this.nextParent();
    this.editing = null;
    this.branching = null;
    this.setAside = null;
    this.writeDraft('', []);
    this.typist.stop();
    if (options.newConversation) {
      this.follow(null);
    }
    await this.post(text, images, options.newConversation ? '' : parent, options.command ?? '');
  }

  async retry(turn: string): Promise<void> {
    const before = this.following?.conversation.turn(turn);
    if (!before) {
      return;
    }
    const { text, command, images } = before.question;
    await this.try(async () => {
      const pictures = await fetchImages(images, sha256 => this.attachment(sha256));
      await this.post(text, pictures, before.parent, command);
    });
  }

  beginEdit(turn: string): void {
    const before = this.following?.conversation.turn(turn);
    if (!before) {
      return;
    }
    this.setAside ??= this.draft;
    this.editing = turn;
    this.branching = null;
    this.writeDraft(before.question.text, []);
    void this.try(async () => {
      const { images } = before.question;
      const pictures = await fetchImages(images, sha256 => this.attachment(sha256));
      if (pictures.length && this.editing === turn) {
        this.writeDraft(this.draft.text, pictures);
      }
    });
  }

  branchFrom(turn: string): void {
    this.cancelEdit();
    this.branching = turn;
    this.notifier.now();
  }

  cancelEdit(): void {
    this.branching = null;
    this.editing = null;
    if (this.setAside) {
      this.writeDraft(this.setAside.text, this.setAside.images);
      this.setAside = null;
    }
    this.notifier.now();
  }

  async stop(turn: string): Promise<void> {
    if (this.outbox.list().some(({ id }) => id === turn)) {
      this.withdraw(turn);
      return;
    }
    const conversation = this.following?.conversation;
    conversation?.setStopping(turn, true);
    await this.try(async () => {
      try {
        await this.api.cancel(turn);
      } catch (error) {
        conversation?.setStopping(turn, false);
        throw error;
      }
    });
  }

  async stopAll(): Promise<void> {
    const running = this.following?.conversation.getSnapshot().running ?? [];
    await Promise.all(running.map(turn => this.stop(turn)));
  }

  withdraw(turn: string): void {
    const item = this.outbox.withdraw(turn);
    if (item) {
      this.storeOf(item)?.removeQuestion(turn);
      this.takeBack(item);
      this.kept.get(turn)?.();
      this.kept.delete(turn);
    }
  }

  setDraft(text: string, images: readonly IImage[] = this.draft.images): void {
    // Who wrote it shows it already: the revision stays.
    this.draft = { text, images, revision: this.draft.revision };
    this.drafts.set(this.place, text, images);
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

  // --- conversations ---------------------------------------------------------------------------------

  select(conversation: string): void {
    if (conversation !== this.following?.conversation.id) {
      this.keep.set(SELECTED + this.path, conversation);
      this.follow(conversation);
    }
  }

  async create(options: { title?: string; shared?: boolean } = {}): Promise<IConversation> {
    const { selected } = this;
    if (selected?.mine && !selected.events && options.shared === undefined && !options.title) {
      return selected;
    }
    const made = await this.try(() => this.api.create(this.path, options));
    this.putConversation(made);
    this.select(made.id);
    return made;
  }

  async rename(conversation: string, title: string): Promise<void> {
    this.putConversation(await this.try(() => this.api.change(conversation, { title })));
  }

  async share(conversation: string, shared: boolean): Promise<void> {
    this.putConversation(await this.try(() => this.api.change(conversation, { shared })));
  }

  async remove(conversation: string): Promise<void> {
    await this.try(() => this.api.remove(conversation));
    this.dropConversation(conversation);
  }

  search(
    query: string,
    options: { everywhere?: boolean; limit?: number; signal?: AbortSignal } = {}
  ): Promise<readonly ISearchHit[]> {
    const { everywhere, ...rest } = options;
    return this.api.search(query, { ...rest, ...(everywhere ? {} : { notebook: this.path }) });
  }

  async open(hit: ISearchHit): Promise<void> {
    const id = hit.conversation_id;
    if (!this.conversations.value.some(known => known.id === id)) {
      this.visitor = await this.try(() => this.api.get(id));
    }
    this.select(id);
    this.following?.conversation.show(hit.turn);
  }

  exportAs(conversation: string, format: ExportFormat): Promise<{ name: string; blob: Blob }> {
    return this.try(() => this.api.exportAs(conversation, format));
  }

  async importFrom(content: string, format: 'json' | 'chat'): Promise<IConversation> {
    const made = await this.try(() => this.api.importFrom(this.path, content, format));
    this.putConversation(made);
    this.select(made.id);
    return made;
  }

  attachment(sha256: string): Promise<Blob> {
    return this.api.attachment(this.following?.conversation.id ?? '', sha256);
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
    this.following?.reconnect();
    this.outbox.wake();
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
    this.drafts.dispose();
    this.outbox.dispose();
    this.following?.dispose();
    this.notifier.dispose();
  }

  // --- the document ----------------------------------------------------------------------------------

  private onDocument(documents: ICurrentDocument, change: DocumentChange): void {
    const { path } = documents.document;
    if (change === 'renamed') {
      this.moveKept(this.path, path);
    }
    const switched = change === 'switched' && path !== this.path;
    this.path = path;
    if (switched || !this.following) {
      this.typist.stop();
      this.visitor = null;
      this.conversations = { state: 'idle', value: [], error: null };
      this.follow(this.keep.get(SELECTED + path));
    }
    if (switched || change === 'renamed') {
      void this.loadConversations();
    }
    this.notifier.now();
  }

  /** What is kept under a notebook's path goes with it. */
  private moveKept(from: string, to: string): void {
    for (const name of [SELECTED, MODEL]) {
      const value = this.keep.get(name + from);
      if (value !== null) {
        this.keep.set(name + to, value);
        this.keep.remove(name + from);
      }
    }
    if (!this.following?.conversation.id) {
      this.drafts.set(from, '', []);
      this.drafts.set(to, this.draft.text, this.draft.images);
    }
  }

  private async loadConversations(): Promise<void> {
    const { path } = this;
    const { kernelId } = this.options.documents.document;
    if (!this.visible) {
      return;
    }
    await load(
      this.conversations,
      true,
      conversations => {
        if (path === this.path && !this.disposed) {
          this.conversations = conversations;
          this.notifier.later();
        }
      },
      async () => {
        const all = await this.api.list(path, kernelId);
        // Without a notebook the server lists those of all.
        return path ? all : all.filter(({ notebook }) => !notebook);
      }
    );
    if (path === this.path && this.conversations.state === 'ready') {
      this.chooseConversation(this.conversations.value);
    }
  }

  /** Show what was shown before, else what was talked in last. */
  private chooseConversation(all: readonly IConversation[]): void {
    const id = this.following?.conversation.id;
    const known = id && (all.some(one => one.id === id) || this.visitor?.id === id);
    const asking = this.outbox
      .list()
      .some(item => !item.conversation && item.notebook === this.path);
    if (!known && !asking && !this.fresh) {
      this.follow(all[0]?.id ?? null);
    }
  }

  private follow(id: string | null): void {
    this.following?.dispose();
    this.fresh = false;
    this.editing = this.branching = this.setAside = null;
    const following = new Following(id ?? '', this.api, this.options.trans, {
      onChanged: conversation => this.putConversation(conversation),
      onRemoved: removed => this.dropConversation(removed),
      onConnection: ({ state }) => {
        if (state === 'live') {
          this.outbox.wake();
        }
      }
    });
    this.following = following;
    following.setVisible(this.visible);
    for (const item of this.outbox.list()) {
      if (item.conversation === (id ?? '') && (id || item.notebook === this.path)) {
        following.conversation.addQuestion({ ...item, askedAt: item.askedAt });
      }
    }
    const { text, images } = this.drafts.get(this.place);
    this.draft = { text, images, revision: this.draft.revision + 1 };
    this.notifier.now();
  }

  private putConversation(conversation: IConversation): void {
    const { value } = this.conversations;
    if (conversation.notebook !== this.path) {
      this.dropFromList(conversation.id);
      return;
    }
    const known = value.some(({ id }) => id === conversation.id);
    this.setList(
      known
        ? value.map(one => (one.id === conversation.id ? conversation : one))
        : [conversation, ...value]
    );
  }

  private dropFromList(id: string): void {
    this.setList(this.conversations.value.filter(one => one.id !== id));
  }

  private dropConversation(id: string): void {
    this.dropFromList(id);
    if (this.following?.conversation.id === id) {
      this.keep.remove(SELECTED + this.path);
      this.follow(this.conversations.value[0]?.id ?? null);
    }
  }

  private setList(value: readonly IConversation[]): void {
    this.conversations = { ...this.conversations, value };
    this.notifier.later();
  }

  // --- sending ---------------------------------------------------------------------------------------

  private async post(
    text: string,
    images: readonly IImage[],
    parent: string,
    command: string
  ): Promise<void> {
    const following = this.following!;
    const { document } = this.options.documents;
    const item: IOutgoing = {
      id: `req_${UUID.uuid4().replace(/-/g, '')}`,
      conversation: following.conversation.id,
      notebook: this.path,
      text,
      parent,
      model: this.model,
      command,
      images,
      kernelId: document.kernelId,
      askedAt: Date.now() / 1000
    };
    this.setProblem(null);
    following.conversation.addQuestion(item);
    const kept = new Promise<void>(resolve => this.kept.set(item.id, resolve));
    this.outbox.add(item);
    await kept;
  }

  private async send(item: IOutgoing, signal: AbortSignal): Promise<void> {
    if (!item.conversation) {
      await this.begin(item, signal);
    }
    const view = item.notebook === this.path ? this.notebookView() : undefined;
    await this.api.post(item, view, signal);
  }

  /** The first question of a conversation makes it. */
  private async begin(item: IOutgoing, signal: AbortSignal): Promise<void> {
    const following = this.followingOf(item);
    const made = await this.api.create(item.notebook, {}, signal);
    for (const other of this.outbox.list()) {
      if (!other.conversation && other.notebook === item.notebook) {
        this.outbox.bind(other.id, made.id);
      }
    }
    this.keep.set(SELECTED + item.notebook, made.id);
    if (following && following === this.following) {
      const { model } = this;
      following.bind(made.id);
      this.keep.set(MODEL + made.id, model);
      this.putConversation(made);
      this.notifier.now();
    }
  }

  private onWaiting(item: IOutgoing, error: ApiError): void {
    const { trans } = this.options;
    const reason = error.status
      ? trans.__('The Jupyter server is not there yet.')
      : trans.__('The Jupyter server cannot be reached.');
    this.storeOf(item)?.setDelivery(item.id, { kind: 'waiting', reason });
  }

  private onSent(item: IOutgoing): void {
    this.storeOf(item)?.setDelivery(item.id, null);
    this.settle(item.id);
  }

  private onRefused(item: IOutgoing, error: ApiError): void {
    this.storeOf(item)?.removeQuestion(item.id);
    this.takeBack(item);
    this.setProblem(error);
    this.settle(item.id);
  }

  private settle(id: string): void {
    this.kept.get(id)?.();
    this.kept.delete(id);
  }

  /** A question that was not sent goes back to the composer, before what was written since. */
  private takeBack(item: IOutgoing): void {
    const place = item.conversation || item.notebook;
    const now = place === this.place ? this.draft : this.drafts.get(place);
    const text = [item.text, now.text].filter(Boolean).join('\n\n');
    const images = [...item.images, ...now.images];
    if (place === this.place) {
      this.writeDraft(text, images);
    } else {
      this.drafts.set(place, text, images);
    }
  }

  private followingOf(item: IOutgoing): Following | null {
    const { following } = this;
    const same =
      following?.conversation.id === item.conversation &&
      (item.conversation || item.notebook === this.path);
    return same ? following : null;
  }

  private storeOf(item: IOutgoing): Following['conversation'] | undefined {
    return this.followingOf(item)?.conversation;
  }

  private postTyping(typing: boolean): void {
    const id = this.following?.conversation.id;
    if (id && this.visible) {
      // That nobody hears of it is no reason to tell who types.
      this.api.typing(id, typing).catch(() => undefined);
    }
  }

  /** What the next question follows: what was chosen, else the end of what is shown. */
  private nextParent(): string {
    const conversation = this.following?.conversation;
    if (this.editing) {
      return conversation?.turn(this.editing)?.parent ?? '';
    }
    if (this.branching) {
      return this.branching;
    }
    const path = conversation?.getSnapshot().path ?? [];
    return path[path.length - 1]?.turn.id ?? '';
  }

  // --- the snapshot ----------------------------------------------------------------------------------

  /** Where drafts and choices belong: the conversation, or the notebook while it has none. */
  private get place(): string {
    return this.following?.conversation.id || this.path;
  }

  private get model(): string {
    return this.keep.get(MODEL + this.place) ?? this.keep.get(LAST_MODEL) ?? '';
  }

  private get selected(): IConversation | null {
    const id = this.following?.conversation.id;
    const known = this.conversations.value.find(one => one.id === id);
    return known ?? (this.visitor && this.visitor.id === id ? this.visitor : null);
  }

  private writeDraft(text: string, images: readonly IImage[]): void {
    this.draft = { text, images, revision: this.draft.revision + 1 };
    this.drafts.set(this.place, text, images);
    this.notifier.now();
  }

  /** Does something; what goes wrong is shown, and thrown on. */
  private async try<T>(act: () => Promise<T>): Promise<T> {
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

  private refresh(): void {
    this.snapshot = this.makeSnapshot();
  }

  private makeSnapshot(): IPanelSnapshot {
    return {
      document: this.options.documents.document,
      conversations: this.conversations,
      selected: this.selected,
      conversation: this.following?.conversation ?? null,
      models: this.catalogue.models,
      model: this.model,
      firstUse: this.catalogue.firstUse,
      draft: this.draft,
      problem: this.problem,
      editing: this.editing,
      branching: this.branching,
      help: this.help
    };
  }

  private snapshot: IPanelSnapshot;
  private path = '';
  private conversations: ILoaded<readonly IConversation[]> = {
    state: 'idle',
    value: [],
    error: null
  };
  private following: Following | null = null;
  /** A conversation of another notebook that a search led to. */
  private visitor: IConversation | null = null;
  /** Whether a conversation that is not made yet was asked for. */
  private fresh = false;
  private draft: IDraft = { text: '', images: [], revision: 0 };
  /** What was in the composer before a question was put there to be edited. */
  private setAside: IDraft | null = null;
  private editing: string | null = null;
  private branching: string | null = null;
  private problem: ApiError | null = null;
  private help = false;
  private visible = false;
  private disposed = false;
  /** Who waits for a question to be kept. */
  private readonly kept = new Map<string, () => void>();
  private readonly commands: readonly IDisposable[];
  private readonly keep: IKeep;
  private readonly api: ConversationsApi;
  private readonly catalogue: Catalogue;
  private readonly drafts: Drafts;
  private readonly outbox: Outbox;
  private readonly typist: Typing;
  private readonly notifier: Notifier;
}

const SELECTED = 'selected:';
const MODEL = 'model:';
const LAST_MODEL = 'last-model';

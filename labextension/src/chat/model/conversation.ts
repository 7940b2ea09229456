import { Notifier, nextFrame, type Schedule } from './notifier';
import type {
  IConnection,
  IConversationSnapshot,
  IConversationStore,
  IVisibleTurn
} from './snapshot';
import { TurnTree, type IStep } from './tree';
import type { ITurn, TurnState } from './turn';
import { TurnRecord, type IUnloggedQuestion } from './turnRecord';
import type { Frame, ILogEntry, IPerson } from './wire';

/** What a conversation takes from the browser. */
export interface IConversationOptions {
  schedule?: Schedule;
  /** Seconds since the epoch. */
  now?: () => number;
}

/**
 * A conversation, folded from the frames of its stream.
 *
 * Whatever is interrupted, repeated or told in pieces, the turns are those that the log tells, with the
 * tails of the running ones on top. Snapshots share what has not changed.
 */
export class Conversation implements IConversationStore {
  constructor(id: string, options: IConversationOptions = {}) {
    this._id = id;
    this.clock = options.now ?? (() => Date.now() / 1000);
    this.notifier = new Notifier(() => this.refresh(), options.schedule ?? nextFrame);
    this.snapshot = {
      id,
      caughtUp: false,
      path: [],
      count: 0,
      running: [],
      people: [],
      connection: { state: 'connecting', reason: '', hint: '', retryAt: null }
    };
  }

  /** Empty until the server has made it: a conversation begins with its first question. */
  get id(): string {
    return this._id;
  }

  /** The number of the last entry that is here: what follows it is asked for. */
  get sequence(): number {
    return this._sequence;
  }

  subscribe(listener: () => void): () => void {
    return this.notifier.subscribe(listener);
  }

  getSnapshot(): IConversationSnapshot {
    return this.snapshot;
  }

  turn(id: string): ITurn | undefined {
    return this.records.get(id)?.turn();
  }

  show(turn: string): void {
    this.wanted = turn;
    this.structureChanged = true;
    this.notifier.now();
  }

  /** The id that the server gave it. */
  bind(id: string): void {
    this._id = id;
    this.notifier.now();
  }

  setConnection(connection: IConnection): void {
    this.connection = connection;
    this.notifier.later();
  }

  /** The stream's next frames. */
  apply(frames: readonly Frame[]): void {
    for (const frame of frames) {
      this.applyFrame(frame);
    }
    if (frames.length) {
      this.notifier.later();
    }
  }

  /** Show a question at once, before the server has it. */
  addQuestion(question: IUnloggedQuestion): void {
    if (this.records.has(question.id)) {
      return;
    }
    const record = this.add(question.id);
    record.ask(question);
    this.wanted = question.id;
    this.changed(record);
    this.notifier.now();
  }

  /** How sending a question goes; null when the server has it. */
  setDelivery(turn: string, delivery: TurnState | null): void {
    this.update(turn, record => record.setDelivery(delivery));
  }

  /** Take back a question that the server does not have. */
  removeQuestion(turn: string): void {
    const record = this.records.get(turn);
    if (record && !record.logged) {
      this.added = this.added.filter(id => id !== turn);
      this.records.delete(turn);
      this.unlogged.delete(turn);
      this.open.delete(turn);
      this.structureChanged = true;
      this.notifier.now();
    }
  }

  setStopping(turn: string, stopping: boolean): void {
    this.update(turn, record => record.setStopping(stopping));
  }

  dispose(): void {
    this.notifier.dispose();
  }

  private applyFrame(frame: Frame): void {
    switch (frame.kind) {
      case 'entry':
        this.applyEntry(frame.entry);
        break;
      case 'tail':
        this.withTail(frame.turn, record => record.replaceTail(frame.events, this.serverNow()));
        break;
      case 'live':
        this.withTail(frame.turn, record => record.appendTail(frame.event, this.serverNow()));
        break;
      case 'caught_up':
        this.catchUp(new Set(frame.running));
        this.people = frame.people;
        break;
      case 'presence':
        this.people = frame.people;
        break;
      case 'changed':
      case 'removed':
      case 'gone':
        // For those who list conversations, and for the subscription.
        break;
    }
  }

  private applyEntry(entry: ILogEntry): void {
    if (entry.sequence <= this._sequence) {
      return;
    }
    this._sequence = entry.sequence;
    const record = this.records.get(entry.turn) ?? this.add(entry.turn);
    if (!this.logged.has(entry.turn)) {
      this.logged.add(entry.turn);
      this.unlogged.delete(entry.turn);
      // Those that are not in the log yet stand behind it.
      this.structureChanged ||= this.unlogged.size > 0;
    }
    if (entry.kind === 'question') {
      const { parent } = record;
      record.applyQuestion(entry, this.lastAsked);
      this.lastAsked = entry.turn;
      this.structureChanged ||= record.parent !== parent && this.tree.has(entry.turn);
    } else {
      record.applyEntry(entry);
    }
    if (this.caughtUp) {
      this.clockAhead = entry.at - this.clock();
      record.setAlive(true);
    }
    this.changed(record);
  }

  private withTail(turn: string, act: (record: TurnRecord) => void): void {
    const record = this.records.get(turn);
    if (record) {
      record.setAlive(true);
      act(record);
      this.changed(record);
    }
  }

  /** The log is here up to now: what has no end and does not run has none any more. */
  private catchUp(running: ReadonlySet<string>): void {
    this.caughtUp = true;
    for (const id of this.open) {
      const record = this.records.get(id);
      if (!record || !this.logged.has(id)) {
        continue;
      }
      record.setAlive(running.has(id));
      if (!running.has(id)) {
        // A server that died took with it what it had said and not logged.
        record.clearTail();
      }
      this.changed(record);
    }
  }

  private update(turn: string, act: (record: TurnRecord) => void): void {
    const record = this.records.get(turn);
    if (record) {
      act(record);
      this.changed(record);
      this.notifier.now();
    }
  }

  private add(id: string): TurnRecord {
    const record = new TurnRecord(id);
    this.records.set(id, record);
    this.unlogged.add(id);
    this.added.push(id);
    return record;
  }

  private changed(record: TurnRecord): void {
    this.dirty.add(record.id);
    if (record.ended) {
      this.open.delete(record.id);
    } else {
      this.open.add(record.id);
    }
  }

  private refresh(): void {
    if (this.structureChanged) {
      this.rebuildTree();
      this.rebuildPath();
    } else {
      this.renewTurns();
      this.extendTree();
    }
    this.structureChanged = false;
    this.added = [];
    this.dirty.clear();
    this.snapshot = {
      id: this._id,
      caughtUp: this.caughtUp,
      path: this.path,
      count: this.records.size,
      running: this.runningTurns(),
      people: this.people,
      connection: this.connection
    };
  }

  private rebuildTree(): void {
    const ids = [...this.logged, ...this.unlogged];
    this.tree.set(ids.map(id => ({ id, parent: this.records.get(id)!.parent })));
  }

  private rebuildPath(): void {
    if (this.wanted && this.tree.has(this.wanted)) {
      this.tree.choose(this.wanted);
      this.wanted = '';
    }
    const steps = this.tree.path();
    this.path = steps.map((step, place) => this.visible(step, this.path[place]));
    this.places = new Map(steps.map((step, place) => [step.id, place]));
  }

  /** New turns at the end: most often the path just goes on with them. */
  private extendTree(): void {
    const added = new Set(this.added);
    for (const id of added) {
      this.tree.add({ id, parent: this.records.get(id)!.parent });
    }
    const last = this.path[this.path.length - 1]?.turn.id ?? '';
    const parents = [...added].map(id => this.tree.parentOf(id));
    const goOn = parents.every(parent => parent === last || added.has(parent));
    if (!goOn || (this.wanted && !added.has(this.wanted))) {
      this.rebuildPath();
    } else if (added.size) {
      if (this.wanted) {
        this.tree.choose(this.wanted);
        this.wanted = '';
      }
      this.extendPath(last);
    }
  }

  private extendPath(last: string): void {
    const path = [...this.path];
    for (let step = this.tree.stepAfter(last); step; step = this.tree.stepAfter(step.id)) {
      this.places.set(step.id, path.length);
      path.push(this.visible(step, undefined));
    }
    this.path = path;
  }

  private renewTurns(): void {
    let path: IVisibleTurn[] | null = null;
    for (const id of this.dirty) {
      const place = this.places.get(id);
      const before = place === undefined ? undefined : this.path[place];
      const turn = this.records.get(id)?.turn();
      if (place !== undefined && before && turn && turn !== before.turn) {
        path ??= [...this.path];
        path[place] = { ...before, turn };
      }
    }
    this.path = path ?? this.path;
  }

  private visible(step: IStep, before: IVisibleTurn | undefined): IVisibleTurn {
    const turn = this.records.get(step.id)!.turn();
    const { siblings, position } = step;
    const same =
      before?.turn === turn && before.siblings === siblings && before.position === position;
    return same ? before : { turn, siblings, position };
  }

  private runningTurns(): readonly string[] {
    const running = [...this.open].filter(id => {
      const turn = this.records.get(id)?.turn();
      // The agent is held and stopped by itself, and one can ask meanwhile.
      return turn?.state.kind === 'running' && !turn.question.run;
    });
    const before = this.snapshot.running;
    const same = before.length === running.length && before.every((id, n) => id === running[n]);
    return same ? before : running;
  }

  /** Now, by the clock of the server. */
  private serverNow(): number {
    return this.clock() + this.clockAhead;
  }

  private _id: string;
  private _sequence = 0;
  private snapshot: IConversationSnapshot;
  private path: readonly IVisibleTurn[] = [];
  private places = new Map<string, number>();
  private people: readonly IPerson[] = [];
  private connection: IConnection = { state: 'connecting', reason: '', hint: '', retryAt: null };
  private caughtUp = false;
  private lastAsked = '';
  /** A turn that is to be shown once it is here. */
  private wanted = '';
  private structureChanged = false;
  /** Turns that are not in the tree yet. */
  private added: string[] = [];
  private clockAhead = 0;
  private readonly records = new Map<string, TurnRecord>();
  /** Turns in the order of the log, and after them those that are not in it yet. */
  private readonly logged = new Set<string>();
  private readonly unlogged = new Set<string>();
  /** Turns whose answer is not over. */
  private readonly open = new Set<string>();
  /** Turns that have changed since the last snapshot. */
  private readonly dirty = new Set<string>();
  private readonly tree = new TurnTree();
  private readonly clock: () => number;
  private readonly notifier: Notifier;
}

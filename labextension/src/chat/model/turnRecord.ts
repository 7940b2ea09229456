import { Answer } from './answer';
import { fieldsOf, listOf, textOf } from './fields';
import type { IQuestion, ITurn, TurnState } from './turn';
import type { IAttachment, IAuthor, IImage, ILiveEvent, ILogEntry } from './wire';

/** A question that is not in the log yet. */
export interface IUnloggedQuestion {
  readonly id: string;
  readonly parent: string;
  readonly text: string;
  readonly model: string;
  readonly command: string;
  readonly images: readonly IImage[];
  readonly askedAt: number;
}

/**
 * One turn while it is made: what the log says of it, and on top the tail that the log does not have yet.
 */
export class TurnRecord {
  constructor(readonly id: string) {}

  /** The turn that it follows; "" for none. */
  parent = '';
  /** Whether its question is in the log. */
  logged = false;

  /** Whether the log or the tail says that the answer is over. */
  get ended(): boolean {
    return this.shown.end !== null;
  }

  /** The question as it was typed here, before the server has it. */
  ask(question: IUnloggedQuestion): void {
    this.parent = question.parent;
    this.question = {
      text: question.text,
      model: question.model,
      command: question.command,
      prompt: '',
      images: [],
      unsentImages: question.images,
      by: NOBODY,
      persona: '',
      run: '',
      author: ''
    };
    this.askedAt = question.askedAt;
    this.setDelivery({ kind: 'sending' });
  }

  /** How sending the question goes; null when the server has it. */
  setDelivery(delivery: TurnState | null): void {
    if (!this.logged) {
      this.delivery = delivery;
      this.snapshot = null;
    }
  }

  /** The question as the log has it; `before` is the turn that was asked before it. */
  applyQuestion(entry: ILogEntry, before: string): void {
    const { data } = entry;
    const parent = data['parent'];
    this.parent = typeof parent === 'string' ? parent : before;
    this.logged = true;
    this.delivery = null;
    const by = fieldsOf(data['by']);
    this.question = {
      text: textOf(data, 'text'),
      model: textOf(data, 'model'),
      command: textOf(data, 'command'),
      prompt: textOf(data, 'prompt'),
      images: listOf<IAttachment>(data, 'images'),
      unsentImages: this.question.unsentImages,
      by: authorOf(by, entry.author),
      persona: textOf(data, 'persona'),
      run: textOf(data, 'run'),
      author: entry.author
    };
    this.askedAt = entry.at;
    this.snapshot = null;
  }

  /** The log's next entry of the answer: the tail is in it, or in those that follow at once. */
  applyEntry(entry: ILogEntry): void {
    const isAnswer = entry.kind !== 'context';
    if (this.tail && isAnswer) {
      this.durable.follow(this.tail);
      this.tail = null;
    }
    this.durable.apply(entry.kind, entry.data, entry.at);
    if (this.tail) {
      this.tail.context = this.durable.context;
    }
    this.snapshot = null;
  }

  /** The tail is these events and no others. */
  replaceTail(events: readonly ILiveEvent[], now: number): void {
    this.clearTail();
    for (const event of events) {
      this.appendTail(event, now);
    }
  }

  appendTail(event: ILiveEvent, now: number): void {
    if (this.durable.end) {
      return;
    }
    this.tail ??= this.durable.fork();
    this.tail.apply(event.type, event, now);
    this.snapshot = null;
  }

  clearTail(): void {
    if (this.tail) {
      this.tail = null;
      this.snapshot = null;
    }
  }

  /** Whether somebody works on it: false once the server said that nobody does. */
  setAlive(alive: boolean): void {
    if (this.alive !== alive) {
      this.alive = alive;
      this.snapshot = null;
    }
  }

  setStopping(stopping: boolean): void {
    if (this.stopping !== stopping) {
      this.stopping = stopping;
      this.snapshot = null;
    }
  }

  /** The turn as it is; the same object until something has changed. */
  turn(): ITurn {
    this.snapshot ??= this.make();
    return this.snapshot;
  }

  private make(): ITurn {
    const answer = this.shown;
    return {
      id: this.id,
      parent: this.parent,
      question: this.question,
      blocks: answer.snapshot(),
      state: this.state(),
      model: answer.model || this.question.model,
      usage: answer.usage,
      cost: answer.cost,
      context: answer.context,
      askedAt: this.askedAt,
      startedAt: answer.startedAt,
      endedAt: answer.endedAt
    };
  }

  private state(): TurnState {
    if (this.shown.end) {
      return this.shown.end;
    }
    if (this.delivery) {
      return this.delivery;
    }
    return this.alive ? { kind: 'running', stopping: this.stopping } : { kind: 'interrupted' };
  }

  private get shown(): Answer {
    return this.tail ?? this.durable;
  }

  private question: IQuestion = {
    text: '',
    model: '',
    command: '',
    prompt: '',
    images: [],
    unsentImages: [],
    by: NOBODY,
    persona: '',
    run: '',
    author: ''
  };
  private askedAt = 0;
  private delivery: TurnState | null = null;
  private alive = true;
  private stopping = false;
  private readonly durable = new Answer();
  /** What the log says with the tail on top; null while there is no tail. */
  private tail: Answer | null = null;
  private snapshot: ITurn | null = null;
}

const NOBODY: IAuthor = { name: '', initials: '', color: '' };

function authorOf(by: ReturnType<typeof fieldsOf>, author: string): IAuthor {
  const name = textOf(by, 'name') || author;
  return {
    name,
    initials: textOf(by, 'initials') || name.slice(0, 1).toUpperCase(),
    color: textOf(by, 'color')
  };
}

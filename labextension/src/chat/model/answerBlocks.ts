import { GrowingText } from './text';
import type { AnswerBlock } from './turn';

/** A block while it is made. It belongs to one answer; a fork of that answer changes a copy. */
export abstract class BlockMaker {
  constructor(
    readonly key: string,
    /** When it began, seconds since the epoch. */
    readonly at: number
  ) {}

  /** The block as it is; the same object until `changed`. */
  snapshot(): AnswerBlock {
    this._snapshot ??= this.make();
    return this._snapshot;
  }

  changed(): void {
    this._snapshot = null;
  }

  abstract copy(): BlockMaker;
  protected abstract make(): AnswerBlock;

  private _snapshot: AnswerBlock | null = null;
}

/** Text of the answer. */
export class TextMaker extends BlockMaker {
  constructor(
    key: string,
    at: number,
    readonly text = new GrowingText()
  ) {
    super(key, at);
  }

  copy(): TextMaker {
    return new TextMaker(this.key, this.at, this.text.fork());
  }

  protected make(): AnswerBlock {
    return { kind: 'text', key: this.key, text: this.text.snapshot() };
  }
}

/** What the model thought. */
export class ReasoningMaker extends BlockMaker {
  constructor(
    key: string,
    at: number,
    readonly text = new GrowingText(),
    public endedAt: number | null = null
  ) {
    super(key, at);
  }

  copy(): ReasoningMaker {
    return new ReasoningMaker(this.key, this.at, this.text.fork(), this.endedAt);
  }

  protected make(): AnswerBlock {
    const seconds = this.endedAt === null ? null : Math.max(0, this.endedAt - this.at);
    return { kind: 'reasoning', key: this.key, text: this.text.snapshot(), seconds };
  }
}

/** What is known of one tool call. */
export interface IToolCall {
  id: string;
  name: string;
  index: number;
  arguments: GrowingText;
  state: 'calling' | 'running' | 'done' | 'failed' | 'unanswered';
  result: string | null;
  endedAt: number | null;
}

/** A tool call. */
export class ToolMaker extends BlockMaker {
  constructor(
    key: string,
    at: number,
    readonly call: IToolCall
  ) {
    super(key, at);
  }

  /** Whether a result may still come. */
  get isOpen(): boolean {
    return this.call.state === 'calling' || this.call.state === 'running';
  }

  copy(): ToolMaker {
    const call = { ...this.call, arguments: this.call.arguments.fork() };
    return new ToolMaker(this.key, this.at, call);
  }

  protected make(): AnswerBlock {
    const { id, name, state, result, endedAt } = this.call;
    return {
      kind: 'tool',
      key: this.key,
      id,
      name,
      arguments: this.call.arguments.snapshot(),
      state,
      result,
      seconds: endedAt === null ? null : Math.max(0, endedAt - this.at)
    };
  }
}

/** Something that a person should know. */
export class NoticeMaker extends BlockMaker {
  constructor(
    key: string,
    at: number,
    private readonly code: string,
    private readonly text: string
  ) {
    super(key, at);
  }

  copy(): NoticeMaker {
    return new NoticeMaker(this.key, this.at, this.code, this.text);
  }

  protected make(): AnswerBlock {
    return { kind: 'notice', key: this.key, code: this.code, text: this.text };
  }
}

/** Somebody else speaks from here on. */
export class SpeakerMaker extends BlockMaker {
  constructor(
    key: string,
    at: number,
    private readonly persona: string
  ) {
    super(key, at);
  }

  copy(): SpeakerMaker {
    return new SpeakerMaker(this.key, this.at, this.persona);
  }

  protected make(): AnswerBlock {
    return { kind: 'speaker', key: this.key, persona: this.persona };
  }
}

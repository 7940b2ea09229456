import {
  NoticeMaker,
  ReasoningMaker,
  SpeakerMaker,
  TextMaker,
  ToolMaker,
  type BlockMaker
} from './answerBlocks';
import { fieldsOf, numberOf, numberOrNull, textOf, type Fields } from './fields';
import { GrowingText } from './text';
import type { AnswerBlock, FinishReason, IFailure, IUsage } from './turn';
import type { IContextReport } from './wire';

/** How an answer ended. */
export type AnswerEnd =
  | { readonly kind: 'finished'; readonly reason: FinishReason }
  | { readonly kind: 'failed'; readonly failure: IFailure };

/**
 * An answer, made from its events one after the other; each costs what it brings.
 *
 * A fork goes on from here without touching this: what streams live is told to a fork, and what the log
 * says to the original. Blocks that do not differ are shared, with their snapshots.
 */
export class Answer {
  model = '';
  usage: IUsage | null = null;
  cost: { readonly usd: number | null } | null = null;
  context: IContextReport | null = null;
  startedAt: number | null = null;
  endedAt: number | null = null;
  end: AnswerEnd | null = null;

  fork(): Answer {
    const fork = new Answer();
    Object.assign(fork, this);
    fork.blocks = [...this.blocks];
    fork.own = new Set();
    fork.shown = [];
    return fork;
  }

  /** What was shown until now: what it said already is one text with what this will say. */
  follow(shown: Answer): void {
    this.shown = shown.blocks;
  }

  /** The blocks so far, in order. */
  snapshot(): readonly AnswerBlock[] {
    return this.blocks.map(block => block.snapshot());
  }

  /** Takes the next event; `at` is when it happened, in seconds since the epoch. */
  apply(kind: string, data: Fields, at: number): void {
    switch (kind) {
      case 'context':
        this.context = contextOf(data);
        break;
      case 'message_started':
        this.model = textOf(data, 'model') || this.model;
        this.startedAt ??= at;
        break;
      case 'text_delta':
        this.addText(textOf(data, 'text'), at);
        break;
      case 'reasoning_delta':
        this.addReasoning(textOf(data, 'text'), at);
        break;
      case 'tool_call_started':
      case 'tool_call_delta':
      case 'tool_call_finished':
      case 'tool_result':
        this.endReasoning(at);
        this.addToTool(kind, data, at);
        break;
      case 'notice':
        this.addNotice(textOf(data, 'code'), textOf(data, 'text'), at);
        break;
      case 'usage':
        this.addUsage(data);
        break;
      case 'cost':
        this.addCost(numberOrNull(data, 'usd'));
        break;
      case 'message_finished':
        this.finish({ kind: 'finished', reason: textOf(data, 'reason') as FinishReason }, at);
        break;
      case 'failed':
        this.finish({ kind: 'failed', failure: failureOf(data) }, at);
        break;
    }
  }

  private addText(text: string, at: number): void {
    if (!text) {
      return;
    }
    this.endReasoning(at);
    const block =
      this.lastSaid(TextMaker) ?? this.add(key => new TextMaker(key, at, this.textFor(TextMaker)));
    block.text.append(text);
  }

  private addReasoning(text: string, at: number): void {
    if (!text) {
      return;
    }
    const block =
      this.lastSaid(ReasoningMaker) ??
      this.add(key => new ReasoningMaker(key, at, this.textFor(ReasoningMaker)));
    block.text.append(text);
  }

  /** The text of a new block: that of the block that was shown in its place, told again. */
  private textFor(maker: typeof TextMaker | typeof ReasoningMaker): GrowingText {
    const shown = this.shown[this.blocks.length];
    return shown instanceof maker ? shown.text.retold() : new GrowingText();
  }

  /** The last block, ready to be changed, if it is of that class; notices do not come between. */
  private lastSaid<T extends TextMaker | ReasoningMaker>(
    maker: abstract new (...args: never[]) => T
  ): T | null {
    const index = this.lastPlace();
    return this.blocks[index] instanceof maker ? (this.change(index) as T) : null;
  }

  private lastPlace(): number {
    let index = this.blocks.length - 1;
    while (this.blocks[index] instanceof NoticeMaker) {
      index -= 1;
    }
    return index;
  }

  private endReasoning(at: number): void {
    const index = this.lastPlace();
    const block = this.blocks[index];
    if (block instanceof ReasoningMaker && block.endedAt === null) {
      (this.change(index) as ReasoningMaker).endedAt = at;
    }
  }

  private addToTool(kind: string, data: Fields, at: number): void {
    const tool = this.toolFor(kind, data, at);
    const { call } = tool;
    switch (kind) {
      case 'tool_call_delta':
        call.arguments.append(textOf(data, 'arguments'));
        break;
      case 'tool_call_finished': {
        const whole = textOf(data, 'arguments');
        if (whole && whole !== call.arguments.snapshot().toString()) {
          call.arguments = new GrowingText();
          call.arguments.append(whole);
        }
        call.state = 'running';
        break;
      }
      case 'tool_result':
        call.state = data['is_error'] ? 'failed' : 'done';
        call.result = textOf(data, 'content');
        call.endedAt = at;
        break;
    }
  }

  /** The call that an event is about, ready to be changed: by id for a result, else by its index. */
  private toolFor(kind: string, data: Fields, at: number): ToolMaker {
    const id = textOf(data, 'id');
    const name = textOf(data, 'name');
    const index = numberOf(data, 'index');
    const fits = (tool: ToolMaker): boolean =>
      kind === 'tool_result'
        ? tool.isOpen && tool.call.id === id
        : tool.call.state === 'calling' && tool.call.index === index;
    if (kind !== 'tool_call_started') {
      for (let place = this.blocks.length - 1; place >= 0; place--) {
        const block = this.blocks[place];
        if (block instanceof ToolMaker && fits(block)) {
          return this.change(place) as ToolMaker;
        }
      }
    }
    const args = new GrowingText();
    return this.add(
      key =>
        new ToolMaker(key, at, {
          id,
          name,
          index,
          arguments: args,
          state: 'calling',
          result: null,
          endedAt: null
        })
    );
  }

  private addNotice(code: string, text: string, at: number): void {
    const next = code === 'persona' ? this.handedTo() : '';
    this.add(key =>
      next ? new SpeakerMaker(key, at, next) : new NoticeMaker(key, at, code, text)
    );
  }

  /** To whom the last call handed the answer over; empty when it did not. */
  private handedTo(): string {
    for (let place = this.blocks.length - 1; place >= 0; place--) {
      const block = this.blocks[place];
      if (block instanceof ToolMaker) {
        const { name, state } = block.call;
        return name === HAND_OVER && state === 'done'
          ? personaIn(block.call.arguments.snapshot().toString())
          : '';
      }
    }
    return '';
  }

  private addUsage(data: Fields): void {
    const before = this.usage;
    this.usage = {
      inputTokens: (before?.inputTokens ?? 0) + numberOf(data, 'input_tokens'),
      outputTokens: (before?.outputTokens ?? 0) + numberOf(data, 'output_tokens'),
      cachedInputTokens: (before?.cachedInputTokens ?? 0) + numberOf(data, 'cached_input_tokens'),
      reasoningTokens: (before?.reasoningTokens ?? 0) + numberOf(data, 'reasoning_tokens')
    };
  }

  /** A sum with an unknown part is unknown. */
  private addCost(usd: number | null): void {
    const before = this.cost ? this.cost.usd : 0;
    this.cost = { usd: before === null || usd === null ? null : before + usd };
  }

  private finish(end: AnswerEnd, at: number): void {
    this.end = end;
    this.endedAt = at;
    this.endReasoning(at);
    this.blocks.forEach((block, index) => {
      if (block instanceof ToolMaker && block.isOpen) {
        (this.change(index) as ToolMaker).call.state = 'unanswered';
      }
    });
  }

  private add<T extends BlockMaker>(make: (key: string) => T): T {
    const block = make(`b${this.blocks.length}`);
    this.blocks.push(block);
    this.own.add(block);
    return block;
  }

  /** The block at a place, to be changed: a copy if somebody else shows it too. */
  private change(index: number): BlockMaker {
    let block = this.blocks[index]!;
    if (!this.own.has(block)) {
      block = block.copy();
      this.blocks[index] = block;
      this.own.add(block);
    }
    block.changed();
    return block;
  }

  private blocks: BlockMaker[] = [];
  private shown: readonly BlockMaker[] = [];
  /** The blocks that only this answer has. */
  private own = new Set<BlockMaker>();
}

/** The tool by which a persona has another one go on. */
const HAND_OVER = 'hand_over';

function personaIn(args: string): string {
  try {
    return textOf(fieldsOf(JSON.parse(args)), 'persona');
  } catch {
    return '';
  }
}

function contextOf(data: Fields): IContextReport {
  const { included, left_out: leftOut } = data as Partial<IContextReport>;
  return {
    included: included ?? [],
    left_out: leftOut ?? [],
    tokens: numberOf(data, 'tokens'),
    budget: numberOf(data, 'budget')
  };
}

function failureOf(data: Fields): IFailure {
  const fields = fieldsOf(data);
  return {
    code: textOf(fields, 'code'),
    message: textOf(fields, 'message'),
    hint: textOf(fields, 'hint'),
    retryable: fields['retryable'] === true,
    provider: textOf(fields, 'provider') || null,
    retryAfter: numberOrNull(fields, 'retry_after')
  };
}

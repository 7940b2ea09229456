/** A log and the frames that tell it, as the server's contract says. */
import fc from 'fast-check';
import type { AnswerBlock, ITurn } from '../../src/chat/model/turn';
import type { Frame, ILiveEvent, ILogEntry } from '../../src/chat/model/wire';

const text = fc.string({ maxLength: 8 });
const call = fc.record({ index: fc.nat(1), id: fc.constantFrom('c1', 'c2'), name: text });

/** Any event of an answer but its end. */
export const event: fc.Arbitrary<ILiveEvent> = fc.oneof(
  { weight: 6, arbitrary: text.map(text => ({ type: 'text_delta', text })) },
  { weight: 2, arbitrary: text.map(text => ({ type: 'reasoning_delta', text, signature: null })) },
  fc.constant({ type: 'message_started', request_id: 'r', provider: 'p', model: 'p/m' }),
  call.map(fields => ({ type: 'tool_call_started', ...fields })),
  fc
    .tuple(fc.nat(1), text)
    .map(([index, args]) => ({ type: 'tool_call_delta', index, arguments: args })),
  fc
    .tuple(call, text)
    .map(([fields, args]) => ({ type: 'tool_call_finished', ...fields, arguments: args })),
  fc.tuple(call, text, fc.boolean()).map(([{ id, name }, content, is_error]) => ({
    type: 'tool_result',
    id,
    name,
    content,
    is_error
  })),
  fc.constant({ type: 'usage', input_tokens: 3, output_tokens: 2 }),
  fc.constantFrom(0.25, null).map(usd => ({ type: 'cost', usd })),
  text.map(text => ({ type: 'notice', code: 'n', text }))
);

export const end: fc.Arbitrary<ILiveEvent> = fc.oneof(
  fc
    .constantFrom('stop', 'cancelled', 'length')
    .map(reason => ({ type: 'message_finished', reason })),
  fc.constant({ type: 'failed', code: 'x', message: 'm', hint: 'h', retryable: true })
);

/** A server with one conversation: what it keeps, and what it tells to those who listen. */
export class Feed {
  readonly log: ILogEntry[] = [];
  /** Every frame, in the order in which a reader who never left gets them. */
  readonly frames: Frame[] = [];
  readonly tails = new Map<string, ILiveEvent[]>();
  private clock = 1_000;

  question(turn: string, text: string, parent: string | null = null, more: object = {}): void {
    this.tails.set(turn, []);
    const data = { text, model: '', parent, ...more };
    this.append({ turn, author: 'ada', kind: 'question', data });
  }

  live(turn: string, event: ILiveEvent): void {
    this.tails.get(turn)!.push(event);
    this.frames.push({ kind: 'live', turn, event });
  }

  /** The tail goes into the log, deltas of a kind put together. */
  flush(turn: string): void {
    const events = folded(this.tails.get(turn)!);
    this.tails.set(turn, []);
    for (const { type, ...data } of events) {
      this.append({ turn, author: '', kind: type, data });
    }
  }

  end(turn: string, event: ILiveEvent): void {
    this.live(turn, event);
    this.flush(turn);
    this.tails.delete(turn);
  }

  /** The process dies: what is not in the log is lost. */
  die(): void {
    this.tails.clear();
  }

  /** What somebody gets who asks for what follows entry number `after`. */
  catchUp(after: number, fold: boolean): Frame[] {
    const entries = this.log.filter(entry => entry.sequence > after);
    return [
      ...(fold ? foldedEntries(entries) : entries).map(
        entry => ({ kind: 'entry', entry }) as Frame
      ),
      { kind: 'caught_up', running: [...this.tails.keys()], people: [] },
      ...[...this.tails]
        .filter(([, events]) => events.length)
        .map(([turn, events]) => ({ kind: 'tail', turn, events: [...events] }) as Frame)
    ];
  }

  private append(entry: Omit<ILogEntry, 'sequence' | 'at'>): void {
    this.clock += 1;
    const whole = { ...entry, sequence: this.log.length + 1, at: this.clock };
    this.log.push(whole);
    this.frames.push({ kind: 'entry', entry: whole });
  }
}

function folded(events: readonly ILiveEvent[]): ILiveEvent[] {
  const result: ILiveEvent[] = [];
  for (const event of events) {
    const last = result[result.length - 1];
    if (last && last.type === event.type && DELTAS.includes(event.type)) {
      result[result.length - 1] = {
        ...last,
        text: `${String(last['text'])}${String(event['text'])}`
      };
    } else {
      result.push(event);
    }
  }
  return result;
}

function foldedEntries(entries: readonly ILogEntry[]): ILogEntry[] {
  const result: ILogEntry[] = [];
  for (const entry of entries) {
    const last = result[result.length - 1];
    if (last?.turn === entry.turn && last.kind === entry.kind && DELTAS.includes(entry.kind)) {
      const whole = `${String(last.data['text'])}${String(entry.data['text'])}`;
      result[result.length - 1] = { ...entry, data: { ...entry.data, text: whole } };
    } else {
      result.push(entry);
    }
  }
  return result;
}

const DELTAS = ['text_delta', 'reasoning_delta'];

/** A turn with its texts as strings and without what depends on the moment at which one looked. */
export function plain(turn: ITurn): unknown {
  const { startedAt: _started, endedAt: _ended, askedAt: _asked, ...rest } = turn;
  return { ...rest, blocks: turn.blocks.map(plainBlock) };
}

function plainBlock(block: AnswerBlock): unknown {
  switch (block.kind) {
    case 'text':
      return { ...block, text: block.text.toString() };
    case 'reasoning':
      return { ...block, text: block.text.toString(), seconds: null };
    case 'tool':
      return { ...block, arguments: block.arguments.toString(), seconds: null };
    case 'notice':
    case 'speaker':
      return block;
  }
}

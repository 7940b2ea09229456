import { nullTranslator } from '@jupyterlab/translation';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../src/api';
import type { IConnection } from '../../src/chat/model/snapshot';
import { ConversationStream } from '../../src/chat/model/stream';
import type { Frame } from '../../src/chat/model/wire';

const trans = nullTranslator.load('lumina_jupyter');
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const entry = (sequence: number): string =>
  `id: ${sequence}\nevent: entry\ndata: {"sequence": ${sequence}, "turn": "t", "kind": "x"}\n\n`;

/** The other end of one connection. */
class Line {
  constructor(signal: AbortSignal) {
    this.response = new Response(
      new ReadableStream<Uint8Array>({ start: controller => void (this.controller = controller) })
    );
    signal.addEventListener('abort', () => {
      this.aborted = true;
      this.drop();
    });
  }

  async say(text: string): Promise<void> {
    this.controller.enqueue(encode(text));
    await vi.advanceTimersByTimeAsync(0);
  }

  hangUp(): void {
    this.controller.close();
  }

  drop(): void {
    this.controller.error(new TypeError('network error'));
  }

  readonly response: Response;
  aborted = false;
  private controller!: ReadableStreamDefaultController<Uint8Array>;
}

class Server {
  readonly lines: Line[] = [];
  readonly asked: number[] = [];
  readonly frames: Frame[] = [];
  readonly connections: IConnection[] = [];
  failure: ApiError | null = null;

  readonly stream = new ConversationStream({
    open: (after, signal) => {
      this.asked.push(after);
      if (this.failure) {
        return Promise.reject(this.failure);
      }
      this.lines.push(new Line(signal));
      return Promise.resolve(this.line.response);
    },
    sequence: () =>
      Math.max(0, ...this.frames.map(frame => (frame.kind === 'entry' ? frame.entry.sequence : 0))),
    onFrames: frames => this.frames.push(...frames),
    onConnection: connection => this.connections.push(connection),
    random: () => 1,
    trans
  });

  get line(): Line {
    return this.lines[this.lines.length - 1]!;
  }

  get connection(): IConnection {
    return this.connections[this.connections.length - 1]!;
  }
}

const pass = (milliseconds: number): Promise<unknown> => vi.advanceTimersByTimeAsync(milliseconds);

function show(visible: boolean): void {
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(visible ? 'visible' : 'hidden');
  document.dispatchEvent(new Event('visibilitychange'));
}

describe("a conversation's subscription", () => {
  let server: Server;

  beforeEach(async () => {
    vi.useFakeTimers();
    server = new Server();
    server.stream.start();
    await pass(0);
  });

  afterEach(() => {
    server.stream.dispose();
    vi.useRealTimers();
  });

  it('comes back after a drop and asks for what follows the last entry', async () => {
    await server.line.say(entry(1) + entry(2));
    expect(server.connection.state).toBe('live');
    server.line.drop();
    await pass(0);
    expect(server.connection).toMatchObject({
      state: 'offline',
      reason: 'The connection to the server was lost.'
    });
    await pass(1000);
    expect(server.asked).toEqual([0, 2]);
    expect(server.connection.state).toBe('live');
  });

  it('waits longer after every failure, up to half a minute, and says when it tries again', async () => {
    server.failure = new ApiError('no route', '', 0);
    server.line.hangUp();
    const waits: number[] = [];
    for (let n = 0; n < 9; n++) {
      await pass(0);
      waits.push(server.connection.retryAt! - Date.now());
      await pass(waits[n]!);
    }
    expect(waits).toEqual([500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
  });

  it('tries at once when the network is back', async () => {
    server.failure = new ApiError('no route', '', 0);
    server.line.hangUp();
    await pass(60_000);
    expect(server.connection.reason).toBe('The Jupyter server cannot be reached.');
    server.failure = null;
    window.dispatchEvent(new Event('online'));
    await pass(0);
    expect(server.connection).toMatchObject({ state: 'live', reason: '' });
  });

  it('gives up a connection over which nothing comes, not even a sign of life', async () => {
    await pass(40_000);
    await server.line.say(': alive\n\n');
    await pass(40_000);
    expect(server.lines).toHaveLength(1);
    await pass(6_000);
    expect(server.lines[0]!.aborted).toBe(true);
    expect(server.lines).toHaveLength(2);
  });

  it('gives its connection back while nobody sees the page, and comes back when somebody does', async () => {
    show(false);
    await pass(31_000);
    expect(server.line.aborted).toBe(true);
    await pass(120_000);
    expect(server.lines).toHaveLength(1);
    show(true);
    await pass(0);
    expect(server.lines).toHaveLength(2);
  });

  it('stays away when the panel was closed while nobody saw the page', async () => {
    show(false);
    await pass(31_000);
    server.stream.pause();
    show(true);
    await pass(120_000);
    expect(server.lines).toHaveLength(1);
    server.stream.start();
    await pass(0);
    expect(server.lines).toHaveLength(2);
  });

  it('is back at once when the panel is closed and opened', async () => {
    server.stream.pause();
    server.stream.start();
    await pass(0);
    expect(server.lines).toHaveLength(2);
    expect(server.connections.map(({ state }) => state)).not.toContain('offline');
  });

  it('ends for good when the conversation is gone', async () => {
    await server.line.say('event: gone\ndata: {}\n\n');
    await pass(120_000);
    expect(server.connection.state).toBe('gone');
    expect(server.lines).toHaveLength(1);
  });

  it('ends for good when there is no such conversation', async () => {
    server.failure = new ApiError('There is no conversation c.', '', 404, 'not_found');
    server.line.hangUp();
    await pass(120_000);
    expect(server.connection.state).toBe('gone');
    expect(server.asked).toHaveLength(2);
  });

  it('says what to do when the page is logged out', async () => {
    server.failure = new ApiError('Forbidden', '', 403);
    server.line.hangUp();
    await pass(1000);
    expect(server.connection).toMatchObject({
      state: 'offline',
      hint: 'Log in to the Jupyter server again.'
    });
  });
});

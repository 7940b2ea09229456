import type { ServerConnection } from '@jupyterlab/services';

/** Milliseconds in which a socket that works says something: the server has each stream say so that it lives. */
const SILENCE_LIMIT = 40_000;
/** Milliseconds that a connection may take: behind some proxies none ever comes. */
const CONNECT_LIMIT = 10_000;
/** Milliseconds for which no connection is tried where one by one works and together does not. */
const AVOIDED = 300_000;

/** What the server tells of a stream. */
interface ITold {
  readonly id: number;
  readonly status?: number;
  readonly data?: string;
  readonly end?: boolean;
}

/** One stream that is open, or asked for. */
interface IStream {
  readonly answer: (response: Response) => void;
  readonly fail: (error: unknown) => void;
  body: ReadableStreamDefaultController<Uint8Array> | null;
}

/** Nobody takes the connection: streams are to be had one by one. */
export class NoSocket extends Error {}

/**
 * All streams that the page reads from a server, over one connection.
 *
 * A browser keeps six HTTP connections to a server, for all windows together; a stream each would leave none for the
 * rest. The connection is made with the first stream and given back with the last; when it breaks, all of them end.
 */
export class StreamSocket {
  /** @param connect - Makes a connection. */
  constructor(private readonly connect: () => WebSocket) {}

  /**
   * The response of a route that streams, as `fetch` would give it.
   *
   * Rejects with `NoSocket` when there is no connection to be had, and with an `AbortError` when the caller aborts.
   */
  open(path: string, signal: AbortSignal): Promise<Response> {
    if (Date.now() < this.avoidedUntil) {
      return Promise.reject(new NoSocket());
    }
    if (this.socket && Date.now() - this.heardAt > SILENCE_LIMIT) {
      // It died while the machine slept, say: nothing would ever come of it.
      this.drop(this.socket);
    }
    const socket = (this.socket ??= this.made());
    const id = ++this.last;
    return new Promise<Response>((answer, fail) => {
      if (signal.aborted) {
        fail(aborted());
        return;
      }
      this.streams.set(id, { answer, fail, body: null });
      signal.addEventListener('abort', () => this.leave(id), { once: true });
      const ask = (): void => {
        if (this.streams.has(id)) {
          socket.send(JSON.stringify({ open: id, path }));
        }
      };
      if (socket.readyState === OPEN) {
        ask();
      } else {
        socket.addEventListener('open', ask, { once: true });
      }
    });
  }

  /** Have streams opened one by one for a while. */
  avoid(): void {
    this.avoidedUntil = Date.now() + AVOIDED;
  }

  private made(): WebSocket {
    const socket = this.connect();
    this.heardAt = Date.now();
    const limit = window.setTimeout(() => {
      if (socket === this.socket && socket.readyState !== OPEN) {
        this.drop(socket);
      }
    }, CONNECT_LIMIT);
    socket.addEventListener('open', () => window.clearTimeout(limit));
    socket.addEventListener('message', ({ data }: MessageEvent<string>) => {
      if (socket === this.socket) {
        this.heardAt = Date.now();
        this.take(JSON.parse(data) as ITold);
      }
    });
    socket.addEventListener('close', () => {
      if (socket === this.socket) {
        this.drop(socket);
      }
    });
    return socket;
  }

  private take({ data, end, id, status }: ITold): void {
    const stream = this.streams.get(id);
    if (!stream) {
      return;
    }
    if (status !== undefined) {
      const body = new ReadableStream<Uint8Array>({
        start: controller => void (stream.body = controller),
        cancel: () => this.leave(id)
      });
      stream.answer(new Response(body, { status }));
    }
    if (data) {
      stream.body?.enqueue(encoder.encode(data));
    }
    if (end) {
      this.streams.delete(id);
      stream.body?.close();
      this.rest();
    }
  }

  /** The reader wants no more of a stream. */
  private leave(id: number): void {
    const stream = this.streams.get(id);
    if (!stream) {
      return;
    }
    this.streams.delete(id);
    if (this.socket?.readyState === OPEN) {
      this.socket.send(JSON.stringify({ close: id }));
    }
    stream.fail(aborted());
    stream.body?.error(aborted());
    this.rest();
  }

  private rest(): void {
    if (!this.streams.size && this.socket) {
      this.drop(this.socket);
    }
  }

  /** The connection is over, and with it every stream. */
  private drop(socket: WebSocket): void {
    this.socket = null;
    const streams = [...this.streams.values()];
    this.streams.clear();
    socket.close();
    for (const { body, fail } of streams) {
      fail(new NoSocket());
      body?.close();
    }
  }

  private socket: WebSocket | null = null;
  private heardAt = 0;
  private avoidedUntil = 0;
  private last = 0;
  private readonly streams = new Map<number, IStream>();
}

const OPEN = 1;
const encoder = new TextEncoder();

function aborted(): DOMException {
  return new DOMException('The stream is not wanted any more.', 'AbortError');
}

const sockets = new Map<string, StreamSocket>();

/** The connection for the streams of a server: one for the whole page. */
export function socketFor(settings: ServerConnection.ISettings): StreamSocket {
  const token = settings.appendToken && settings.token;
  const url =
    `${settings.wsUrl.replace(/\/*$/, '/')}lumina/api/streams` +
    (token ? `?token=${encodeURIComponent(token)}` : '');
  let socket = sockets.get(url);
  if (!socket) {
    socket = new StreamSocket(() => new settings.WebSocket(url));
    sockets.set(url, socket);
  }
  return socket;
}

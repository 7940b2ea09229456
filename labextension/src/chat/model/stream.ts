import type { TranslationBundle } from '@jupyterlab/translation';
import { ApiError, EventParser, type IServerEvent } from '../../api';
import { frameOf } from './frame';
import type { IConnection } from './snapshot';
import type { Frame } from './wire';

/** What a subscription reads from and tells to. */
export interface IEventStreamOptions<F> {
  /** Opens the stream; rejects with an `ApiError`. */
  open(signal: AbortSignal): Promise<Response>;
  /** What an event says; null when nobody here knows such an event. */
  read(event: IServerEvent): F | null;
  /** Whether nothing will ever follow it. */
  isLast(frame: F): boolean;
  /** Whether it is of no use to try again after a failure. */
  isOver(failure: ApiError): boolean;
  onFrames(frames: readonly F[]): void;
  onConnection(connection: IConnection): void;
  trans: TranslationBundle;
  /** A number from 0 to 1, so that not all panels come back in one moment. */
  random?: () => number;
}

/** Milliseconds. */
const SILENCE_LIMIT = 45_000;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 30_000;
/** A connection that lasted this long was a good one: the next failure is a first one again. */
const GOOD_AFTER = 5_000;
/** A page that nobody sees gives its connection back: browsers have six for each server. */
const HIDDEN_LIMIT = 30_000;
/** How long frames are handled before the page may do something else. */
const SLICE = 12;

/**
 * One subscription to events of the server, that comes back by itself.
 *
 * Whatever interrupts it (a server that restarts, a laptop that sleeps, a proxy that gives up), it opens the stream
 * again. It wakes at once when the browser does.
 */
export class EventStream<F> {
  constructor(private readonly options: IEventStreamOptions<F>) {
    window.addEventListener('online', this.onWake);
    document.addEventListener('visibilitychange', this.onVisibility);
  }

  /** Begin, or go on after a pause. */
  start(): void {
    this.wanted = true;
    this.proceed();
  }

  /** Give the connection back until `start`. */
  pause(): void {
    this.wanted = false;
    this.interrupt();
  }

  /** Try now and do not wait any longer. */
  wake(): void {
    this.failures = 0;
    this.endWait?.();
  }

  dispose(): void {
    this.disposed = true;
    window.removeEventListener('online', this.onWake);
    document.removeEventListener('visibilitychange', this.onVisibility);
    window.clearTimeout(this.hiddenTimer);
    this.interrupt();
  }

  private proceed(): void {
    if (!this.running && !this.idle) {
      void this.run();
    }
  }

  private async run(): Promise<void> {
    this.running = true;
    while (!this.idle) {
      let failure: ApiError | null = null;
      try {
        await this.follow();
      } catch (error) {
        failure = ApiError.of(error);
        if (failure !== error) {
          console.error('Lumina: a stream could not be followed.', error);
        }
      }
      if (failure && this.options.isOver(failure)) {
        this.end(failure);
      }
      if (!this.idle && !this.interrupted) {
        await this.rest(failure);
      }
    }
    this.running = false;
  }

  private get idle(): boolean {
    return this.disposed || this.gone || this.asleep || !this.wanted;
  }

  /** One connection, from its beginning to its end; rejects when it could not be made. */
  private async follow(): Promise<void> {
    const controller = new AbortController();
    this.controller = controller;
    this.interrupted = false;
    this.tell({ state: 'connecting', retryAt: null });
    const began = Date.now();
    this.watch(controller);
    try {
      const response = await this.options.open(controller.signal);
      if (!response.body) {
        return;
      }
      this.said = { reason: '', hint: '' };
      this.tell({ state: 'live', retryAt: null });
      await this.read(response.body.getReader(), controller);
    } catch (error) {
      if (!controller.signal.aborted) {
        throw error;
      }
    } finally {
      window.clearTimeout(this.watchdog);
      controller.abort();
      if (Date.now() - began >= GOOD_AFTER) {
        this.failures = 0;
      }
    }
  }

  private async read(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    controller: AbortController
  ): Promise<void> {
    const parser = new EventParser();
    let sliceEnd = performance.now() + SLICE;
    for (;;) {
      // A connection that breaks is one that ends.
      const { value } = await reader.read().catch(() => ({ value: undefined }));
      if (!value || controller.signal.aborted) {
        return;
      }
      this.watch(controller);
      const frames = parser
        .push(value)
        .map(event => this.options.read(event))
        .filter((frame): frame is F & {} => frame !== null);
      this.options.onFrames(frames);
      if (frames.some(frame => this.options.isLast(frame))) {
        this.end(null);
        return;
      }
      if (performance.now() > sliceEnd) {
        await macrotask();
        sliceEnd = performance.now() + SLICE;
      }
    }
  }

  /** A live connection says something now and then: one that does not is dead. */
  private watch(controller: AbortController): void {
    this.lastByteAt = Date.now();
    window.clearTimeout(this.watchdog);
    this.watchdog = window.setTimeout(() => controller.abort(), SILENCE_LIMIT);
  }

  /** Wait for the next try; longer with every failure, and until something wakes it. */
  private async rest(failure: ApiError | null): Promise<void> {
    const longest = Math.min(FIRST_WAIT * 2 ** this.failures, LONGEST_WAIT);
    const wait = longest * (0.5 + 0.5 * (this.options.random ?? Math.random)());
    this.failures += 1;
    this.said = this.describe(failure);
    this.tell({ state: 'offline', retryAt: Date.now() + wait });
    await new Promise<void>(resolve => {
      const timer = window.setTimeout(resolve, wait);
      this.endWait = () => {
        window.clearTimeout(timer);
        resolve();
      };
    });
    this.endWait = null;
  }

  private describe(failure: ApiError | null): { reason: string; hint: string } {
    const { trans } = this.options;
    if (!failure) {
      return {
        reason: trans.__('The connection to the server was lost.'),
        hint: trans.__('It comes back by itself; answers go on meanwhile.')
      };
    }
    if (failure.status === 401 || failure.status === 403) {
      return {
        reason: trans.__('The server refuses this page: %1', failure.message),
        hint: failure.hint || trans.__('Log in to the Jupyter server again.')
      };
    }
    if (failure.unreached) {
      return {
        reason: trans.__('The Jupyter server cannot be reached.'),
        hint: trans.__('Check that it still runs; it is tried again by itself.')
      };
    }
    return { reason: failure.message, hint: failure.hint };
  }

  private end(failure: ApiError | null): void {
    this.gone = true;
    const { trans } = this.options;
    this.said = {
      reason: trans.__('This conversation was deleted, or is private now.'),
      hint: failure?.hint ?? ''
    };
    this.tell({ state: 'gone', retryAt: null });
  }

  private tell(how: Pick<IConnection, 'state' | 'retryAt'>): void {
    if (!this.disposed) {
      this.options.onConnection({ ...how, ...this.said });
    }
  }

  private interrupt(): void {
    this.interrupted = true;
    this.controller?.abort();
    this.endWait?.();
  }

  private readonly onWake = (): void => {
    // Over a connection that died while the machine slept nothing comes any more, not even its end.
    if (Date.now() - this.lastByteAt > SILENCE_LIMIT) {
      this.controller?.abort();
    }
    this.wake();
  };

  private readonly onVisibility = (): void => {
    window.clearTimeout(this.hiddenTimer);
    if (document.visibilityState === 'visible') {
      this.asleep = false;
      this.proceed();
      this.onWake();
    } else {
      this.hiddenTimer = window.setTimeout(() => {
        this.asleep = true;
        this.interrupt();
      }, HIDDEN_LIMIT);
    }
  };

  private controller: AbortController | null = null;
  private endWait: (() => void) | null = null;
  private watchdog: number | undefined;
  private hiddenTimer: number | undefined;
  private lastByteAt = 0;
  private failures = 0;
  private running = false;
  private wanted = false;
  /** Whether nobody sees the page. */
  private asleep = false;
  /** Whether its end is our own doing, and no failure. */
  private interrupted = false;
  private gone = false;
  private disposed = false;
  private said = { reason: '', hint: '' };
}

/** What a subscription to a conversation reads from and tells to. */
export interface IStreamOptions extends Omit<
  IEventStreamOptions<Frame>,
  'open' | 'read' | 'isLast' | 'isOver'
> {
  /** Opens the stream of what follows entry number `after`; rejects with an `ApiError`. */
  open(after: number, signal: AbortSignal): Promise<Response>;
  /** The number of the last entry that is here. */
  sequence(): number;
}

/** One subscription to a conversation: it asks for what follows the last entry that is here. */
export class ConversationStream extends EventStream<Frame> {
  constructor(options: IStreamOptions) {
    super({
      ...options,
      open: signal => options.open(options.sequence(), signal),
      read: frameOf,
      isLast: frame => frame.kind === 'gone',
      isOver: failure => GONE.includes(failure.status)
    });
  }
}

/** Statuses of a conversation that is not there for this reader. */
const GONE = [404, 410];

/** Resolves after the page had its turn. */
function macrotask(): Promise<void> {
  return new Promise(resolve => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}

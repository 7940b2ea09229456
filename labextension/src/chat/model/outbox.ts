import { ApiError } from '../../api';
import type { IKeep } from './keep';
import type { IImage } from './wire';

/** A question on its way to the server. */
export interface IOutgoing {
  /** The request's id: sent twice it is one turn. */
  readonly id: string;
  /** The conversation; empty until the server has made it. */
  readonly conversation: string;
  /** The path of the notebook that it is asked in. */
  readonly notebook: string;
  readonly text: string;
  readonly parent: string;
  readonly model: string;
  readonly command: string;
  readonly images: readonly IImage[];
  readonly kernelId: string;
  /** Seconds since the epoch. */
  readonly askedAt: number;
}

/** What the outbox works with, and whom it tells. */
export interface IOutboxOptions {
  keep: IKeep;
  /** Resolves when the server has kept the question; rejects with an `ApiError`. */
  send(item: IOutgoing, signal: AbortSignal): Promise<void>;
  onSending(item: IOutgoing): void;
  /** Nobody answered; it goes out again by itself. */
  onWaiting(item: IOutgoing, error: ApiError): void;
  onSent(item: IOutgoing): void;
  onRefused(item: IOutgoing, error: ApiError): void;
}

/** Milliseconds. */
const SEND_LIMIT = 30_000;
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;

/**
 * Questions on their way: sent one after the other, again while nobody answers, and kept until somebody does.
 *
 * A question that waits is in the browser's storage: a reload sends it. As the server takes the same request's id
 * twice for one turn, sending again never asks twice.
 */
export class Outbox {
  constructor(private readonly options: IOutboxOptions) {
    window.addEventListener('online', this.wake);
    document.addEventListener('visibilitychange', this.wake);
    for (const name of options.keep.names()) {
      const item = name.startsWith(NAME) ? itemOf(options.keep.get(name)) : null;
      if (item) {
        this.items.push(item);
      }
    }
    this.items.sort((a, b) => a.askedAt - b.askedAt);
  }

  /** What has not been sent, oldest first. */
  list(): readonly IOutgoing[] {
    return this.items;
  }

  /** Send what was kept before the page was loaded. */
  start(): void {
    void this.run();
  }

  /**
   * Send a question.
   *
   * @returns Whether it would survive a reload until it is sent.
   */
  add(item: IOutgoing): boolean {
    this.items.push(item);
    const kept = this.save(item);
    void this.run();
    return kept;
  }

  /** The conversation that the server made for a question. */
  bind(id: string, conversation: string): void {
    this.change(id, { conversation });
  }

  /** Take a question back; null when it is not here (any more). */
  withdraw(id: string): IOutgoing | null {
    const item = this.items.find(item => item.id === id) ?? null;
    if (item) {
      this.drop(item);
      if (this.sending === id) {
        this.controller?.abort();
      }
      this.wake();
    }
    return item;
  }

  /** Try again now. */
  readonly wake = (): void => {
    this.endWait?.();
  };

  dispose(): void {
    this.disposed = true;
    window.removeEventListener('online', this.wake);
    document.removeEventListener('visibilitychange', this.wake);
    this.controller?.abort();
    this.wake();
  }

  private async run(): Promise<void> {
    if (this.running) {
      return;
    }
    this.running = true;
    let failures = 0;
    for (let item = this.items[0]; item && !this.disposed; item = this.items[0]) {
      const error = await this.sendOne(item);
      if (this.disposed || !this.items.includes(item)) {
        continue;
      }
      if (error?.unreached) {
        this.options.onWaiting(item, error);
        await this.rest(Math.min(FIRST_WAIT * 2 ** failures, LONGEST_WAIT));
        failures += 1;
        continue;
      }
      failures = 0;
      this.settle(item, error);
    }
    this.running = false;
  }

  private async sendOne(item: IOutgoing): Promise<ApiError | null> {
    const controller = new AbortController();
    const timer = window.setTimeout(() => controller.abort(), SEND_LIMIT);
    this.controller = controller;
    this.sending = item.id;
    this.options.onSending(item);
    try {
      await this.options.send(item, controller.signal);
      return null;
    } catch (error) {
      return ApiError.of(error);
    } finally {
      window.clearTimeout(timer);
      this.sending = null;
    }
  }

  private settle(item: IOutgoing, error: ApiError | null): void {
    this.drop(item);
    if (!error) {
      this.options.onSent(item);
      return;
    }
    // What was asked after it follows what it would have followed.
    for (const other of [...this.items]) {
      if (other.parent === item.id) {
        this.change(other.id, { parent: item.parent });
      }
    }
    this.options.onRefused(item, error);
  }

  private rest(milliseconds: number): Promise<void> {
    return new Promise(resolve => {
      const done = (): void => {
        window.clearTimeout(timer);
        this.endWait = null;
        resolve();
      };
      const timer = window.setTimeout(done, milliseconds);
      this.endWait = done;
    });
  }

  private change(id: string, change: Partial<IOutgoing>): void {
    const place = this.items.findIndex(item => item.id === id);
    if (place >= 0) {
      // In place: whoever sends it looks at the same object.
      Object.assign(this.items[place]!, change);
      this.save(this.items[place]!);
    }
  }

  private save(item: IOutgoing): boolean {
    const { keep } = this.options;
    if (keep.set(NAME + item.id, JSON.stringify(item))) {
      return true;
    }
    // Pictures may be larger than what a browser keeps: better the question alone than nothing.
    keep.set(NAME + item.id, JSON.stringify({ ...item, images: [] }));
    return false;
  }

  private drop(item: IOutgoing): void {
    this.items = this.items.filter(other => other.id !== item.id);
    this.options.keep.remove(NAME + item.id);
  }

  private items: IOutgoing[] = [];
  private running = false;
  private disposed = false;
  private sending: string | null = null;
  private controller: AbortController | null = null;
  private endWait: (() => void) | null = null;
}

const NAME = 'outbox:';

function itemOf(text: string | null): IOutgoing | null {
  try {
    const item = JSON.parse(text ?? '') as IOutgoing;
    return typeof item.id === 'string' && typeof item.text === 'string' ? item : null;
  } catch {
    return null;
  }
}

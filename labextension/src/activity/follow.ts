import type { TranslationBundle } from '@jupyterlab/translation';
import { EventStream } from '../chat/model/stream';
import type { IConnection } from '../chat/model/snapshot';
import { Log } from './log';
import type { IRunPicture } from './picture';
import type { RunsApi } from './runsApi';
import { runFrameOf, type RunFrame } from './wire';

/** Follows one run, as long as somebody looks and something can still come. */
export class Follow {
  /**
   * @param run - Its id.
   * @param changed - Called when there is something new.
   */
  constructor(
    readonly run: string,
    private readonly api: RunsApi,
    private readonly trans: TranslationBundle,
    private readonly changed: () => void
  ) {}

  /** Why nothing is heard of it, as a sentence; empty while all is well. */
  away = '';

  get picture(): IRunPicture {
    return this.log.picture;
  }

  /** Listen to what comes. */
  listen(): void {
    this.stream ??= this.opened();
    this.stream.start();
  }

  /** Give the connection back until `listen`. */
  pause(): void {
    this.stream?.pause();
  }

  /** Ask once for what came since: of a run that is over its stream tells nothing more. */
  async catchUp(): Promise<void> {
    if (this.log.take(await this.api.events(this.run, this.log.sequence))) {
      this.changed();
    }
  }

  dispose(): void {
    this.stream?.dispose();
    this.stream = null;
  }

  private opened(): EventStream<RunFrame> {
    return new EventStream<RunFrame>({
      open: signal => this.api.stream(this.run, this.log.sequence, signal),
      read: runFrameOf,
      isLast: frame => frame.kind === 'over',
      isOver: failure => failure.status === 404,
      onFrames: frames => this.take(frames),
      onConnection: connection => this.tell(connection),
      trans: this.trans
    });
  }

  private take(frames: readonly RunFrame[]): void {
    const told = frames.flatMap(frame => (frame.kind === 'entry' ? [frame.logged] : []));
    const over = frames.some(({ kind }) => kind === 'over');
    if (over) {
      this.dispose();
    }
    if (this.log.take(told) || over) {
      this.changed();
    }
  }

  private tell({ reason, state }: IConnection): void {
    const away = state === 'offline' ? reason : '';
    if (away !== this.away) {
      this.away = away;
      this.changed();
    }
  }

  private readonly log = new Log();
  private stream: EventStream<RunFrame> | null = null;
}

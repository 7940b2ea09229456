import { VDomModel } from '@jupyterlab/ui-components';
import { Poll } from '@lumino/polling';
import { ApiError, type components, type IHealth, type LuminaClient } from '../api';
import { spendOn, today, type ISpend } from './spend';

/** What is known about the engine now. */
export type Status =
  { kind: 'loading' } | { kind: 'known'; health: IHealth } | { kind: 'failed'; error: ApiError };

type UsageRow = components['schemas']['UsageRow'];

const MINUTE = 60_000;

/** Asks the server how Lumina is, now and then, and only while the page can be seen. */
export class StatusModel extends VDomModel {
  constructor(private readonly client: LuminaClient) {
    super();
    this._poll = new Poll<void, unknown>({
      auto: true,
      name: 'lumina-jupyter:status',
      factory: () => this.ask(),
      // A failure doubles the time to the next question, up to the longest one.
      frequency: { interval: MINUTE, backoff: true, max: 5 * MINUTE },
      standby: 'when-hidden'
    });
  }

  get status(): Status {
    return this._status;
  }

  /** What today's calls took; null while that is not known. */
  get spend(): ISpend | null {
    return this._spend;
  }

  /** Whether the spend stands in the status bar. */
  get showSpend(): boolean {
    return this._showSpend;
  }

  set showSpend(shown: boolean) {
    this._showSpend = shown;
    this.stateChanged.emit();
  }

  /** Ask again now; resolves when the answer, or the failure, is there. */
  async refresh(): Promise<void> {
    await this._poll.refresh();
    await this._poll.tick.catch(() => undefined);
  }

  override dispose(): void {
    this._poll.dispose();
    super.dispose();
  }

  private async ask(): Promise<void> {
    try {
      const [health, spend] = await Promise.all([this.client.health(), this.askSpend()]);
      this._spend = spend;
      this.set({ kind: 'known', health });
    } catch (error) {
      const failed = error instanceof ApiError ? error : new ApiError(String(error), '', 0);
      this.set({ kind: 'failed', error: failed });
      throw failed;
    }
  }

  private async askSpend(): Promise<ISpend | null> {
    try {
      const query = { days: 1, no_track_activity: 1 };
      const { usage } = await this.client.json<{ usage: UsageRow[] }>('usage', { query });
      return spendOn(today(), usage);
    } catch {
      // How the engine is matters more, and says by itself when the server is away.
      return null;
    }
  }

  private set(status: Status): void {
    if (!this.isDisposed) {
      this._status = status;
      this.stateChanged.emit();
    }
  }

  private _poll: Poll<void, unknown>;
  private _status: Status = { kind: 'loading' };
  private _spend: ISpend | null = null;
  private _showSpend = true;
}

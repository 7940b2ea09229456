import { VDomModel } from '@jupyterlab/ui-components';
import { ApiError, type components, type LuminaClient } from '../api';
import { steps } from '../api/steps';

export type Finding = components['schemas']['Finding'];

/** What the doctor has found by now. */
export class DoctorModel extends VDomModel {
  constructor(private readonly client: LuminaClient) {
    super();
  }

  findings: readonly Finding[] = [];
  running = false;
  error: ApiError | null = null;
  /** When the last examination ended; null before the first has. */
  finished: Date | null = null;

  /**
   * Examine everything; an examination that is under way ends.
   *
   * @param offline - Leave providers on other machines alone.
   */
  async examine(offline: boolean): Promise<void> {
    this.stop();
    const abort = new AbortController();
    this.abort = abort;
    this.tell({ findings: [], running: true, error: null, finished: null });
    try {
      const query = offline ? { offline: 1 } : {};
      const request = { query, signal: abort.signal };
      for await (const finding of steps<Finding>(this.client, 'doctor', request)) {
        this.tell({ findings: [...this.findings, finding] });
      }
      this.tell({ running: false, finished: new Date() });
    } catch (error) {
      if (!abort.signal.aborted) {
        this.tell({ running: false, error: ApiError.of(error) });
      }
    }
  }

  /** End the examination that is under way. */
  stop(): void {
    if (this.running) {
      this.abort?.abort();
      this.tell({ running: false });
    }
  }

  override dispose(): void {
    this.abort?.abort();
    super.dispose();
  }

  private tell(
    news: Partial<Pick<DoctorModel, 'findings' | 'running' | 'error' | 'finished'>>
  ): void {
    Object.assign(this, news);
    if (!this.isDisposed) {
      this.stateChanged.emit();
    }
  }

  private abort: AbortController | null = null;
}

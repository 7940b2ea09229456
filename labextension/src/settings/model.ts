import { VDomModel } from '@jupyterlab/ui-components';
import { ApiError, type LuminaClient } from '../api';
import { steps } from '../api/steps';
import type {
  EmbeddedModel,
  ITrial,
  KeyNote,
  Model,
  PreferenceName,
  Preferences,
  PreferencesView,
  ProbeProgress,
  Provider,
  PullProgress
} from './types';

/** What the settings page shows, and what can be done on it. It never holds a key. */
export class SettingsModel extends VDomModel {
  constructor(private readonly client: LuminaClient) {
    super();
  }

  providers: readonly Provider[] = [];
  models: readonly Model[] = [];
  embedded: readonly EmbeddedModel[] = [];
  preferences: PreferencesView | null = null;
  loading = false;
  /** Why the page could not be filled; null when it could. */
  failure: ApiError | null = null;
  /** Why the last choice could not be kept. */
  choiceError: ApiError | null = null;
  readonly keyNotes = new Map<string, KeyNote>();
  readonly tests = new Map<string, ITrial<ProbeProgress>>();
  readonly pulls = new Map<string, ITrial<PullProgress>>();

  /**
   * Ask the server for everything.
   *
   * @param refresh - Also ask servers on other machines which models they have.
   */
  async load(refresh = false): Promise<void> {
    this.loading = true;
    this.emit();
    try {
      await this.ask(refresh);
      this.failure = null;
    } catch (error) {
      this.failure = ApiError.of(error);
    }
    this.loading = false;
    this.emit();
  }

  /** Keep a key for a provider; whether it was kept. */
  async setKey(provider: string, key: string): Promise<boolean> {
    this.tests.delete(provider);
    const changed = await this.changeKey(provider, async () => {
      await this.client.json(`keys/${provider}`, { method: 'PUT', body: { key } });
      return { kind: 'kept' };
    });
    return changed;
  }

  /** Forget the key that is kept for a provider. */
  async forgetKey(provider: string): Promise<boolean> {
    this.tests.delete(provider);
    return this.changeKey(provider, async () => {
      await this.client.json(`keys/${provider}`, { method: 'DELETE' });
      return { kind: 'forgotten' };
    });
  }

  /** Try a provider out with a streamed answer and a tool call. */
  async test(provider: string): Promise<void> {
    this.keyNotes.delete(provider);
    await this.follow(this.tests, provider, `providers/${provider}/probe`, (known, step) => [
      ...known.filter(each => each.step !== step.step),
      step
    ]);
  }

  /** Fetch an embedded model. */
  async pull(name: string): Promise<void> {
    await this.follow(this.pulls, name, `embedded/${name}/pull`, (_, step) => [step]);
    await this.load();
  }

  /** Stop what was begun for a provider or an embedded model. */
  stop(name: string): void {
    this.aborts.get(name)?.abort();
  }

  /** Choose other values; null takes a choice back. */
  async choose(changes: Preferences): Promise<void> {
    if (!this.preferences) {
      return;
    }
    const body = { ...this.preferences.chosen, ...changes };
    try {
      this.preferences = await this.client.json<PreferencesView>('preferences', {
        method: 'PUT',
        body
      });
      this.choiceError = null;
      this.saved += 1;
    } catch (error) {
      this.choiceError = ApiError.of(error);
    }
    this.emit();
  }

  /** How often a choice was kept, so that the page can say so each time. */
  saved = 0;

  isLocked(name: PreferenceName): boolean {
    return this.preferences?.locked.includes(name) ?? false;
  }

  override dispose(): void {
    for (const abort of this.aborts.values()) {
      abort.abort();
    }
    super.dispose();
  }

  private async ask(refresh: boolean): Promise<void> {
    const query = refresh ? { refresh: 1 } : {};
    // The providers first: asking them anew is what the models are known by.
    const { providers } = await this.client.json<{ providers: Provider[] }>('providers', { query });
    const [{ models }, { models: embedded }, preferences] = await Promise.all([
      this.client.json<{ models: Model[] }>('models'),
      this.client.json<{ models: EmbeddedModel[] }>('embedded'),
      this.client.json<PreferencesView>('preferences')
    ]);
    Object.assign(this, { providers, models, embedded, preferences });
  }

  private async changeKey(provider: string, change: () => Promise<KeyNote>): Promise<boolean> {
    let changed = true;
    try {
      this.keyNotes.set(provider, await change());
      await this.ask(false);
    } catch (error) {
      changed = false;
      this.keyNotes.set(provider, { error: ApiError.of(error) });
    }
    this.emit();
    return changed;
  }

  private async follow<T>(
    trials: Map<string, ITrial<T>>,
    name: string,
    route: string,
    add: (known: readonly T[], step: T) => readonly T[]
  ): Promise<void> {
    this.stop(name);
    const abort = new AbortController();
    this.aborts.set(name, abort);
    let trial: ITrial<T> = { steps: [], running: true, error: null };
    const tell = (news: Partial<ITrial<T>>) => {
      trial = { ...trial, ...news };
      trials.set(name, trial);
      this.emit();
    };
    tell({});
    try {
      const request = { method: 'POST' as const, signal: abort.signal };
      for await (const step of steps<T>(this.client, route, request)) {
        tell({ steps: add(trial.steps, step) });
      }
      tell({ running: false });
    } catch (error) {
      if (abort.signal.aborted) {
        trials.delete(name);
        this.emit();
      } else {
        tell({ running: false, error: ApiError.of(error) });
      }
    }
    if (this.aborts.get(name) === abort) {
      this.aborts.delete(name);
    }
  }

  private emit(): void {
    if (!this.isDisposed) {
      this.stateChanged.emit();
    }
  }

  private readonly aborts = new Map<string, AbortController>();
}

import { ApiError, type LuminaClient } from '../../api';
import type { IFirstUse, ILoaded, IModelChoice } from './panelModel';

const MODELS: ILoaded<readonly IModelChoice[]> = { state: 'idle', value: [], error: null };
const FIRST_USE: ILoaded<IFirstUse | null> = { state: 'idle', value: null, error: null };

/** The models that can be chosen, and what a first-time user is told. */
export class Catalogue {
  constructor(
    private readonly client: LuminaClient,
    private readonly onChange: () => void
  ) {}

  models = MODELS;
  firstUse = FIRST_USE;

  /** Ask the server, unless it was asked already and `refresh` is off. */
  async load(refresh: boolean): Promise<void> {
    await Promise.all([this.loadModels(refresh), this.loadFirstUse(refresh)]);
  }

  private async loadModels(refresh: boolean): Promise<void> {
    await load(
      this.models,
      refresh,
      models => this.set({ models }),
      async () => {
        const { data } = await this.client.routes.GET('/lumina/api/models', {
          params: { query: refresh ? { refresh: 1 } : {} }
        });
        return (data?.models ?? [])
          .filter(({ mode }) => mode === 'chat' || mode === 'responses')
          .map(({ id, provider, name, vision, tools, reasoning, context }) => {
            return { id, provider, name, vision, tools, reasoning, context };
          });
      }
    );
  }

  private async loadFirstUse(refresh: boolean): Promise<void> {
    await load(
      this.firstUse,
      refresh,
      firstUse => this.set({ firstUse }),
      async () => {
        const [health, providers] = await Promise.all([
          this.client.health(),
          this.client.routes.GET('/lumina/api/providers', {
            params: { query: refresh ? { refresh: 1 } : {} }
          })
        ]);
        return {
          defaultModel: health.default_model,
          ready: health.ready,
          hint: health.hint,
          providers: (providers.data?.providers ?? []).map(
            ({ name, title, available, reason, hint }) => ({ name, title, available, reason, hint })
          )
        };
      }
    );
  }

  private set(change: Partial<Pick<Catalogue, 'models' | 'firstUse'>>): void {
    Object.assign(this, change);
    this.onChange();
  }
}

/** Loads something that keeps what it was while it is loaded again, or when that fails. */
export async function load<T>(
  before: ILoaded<T>,
  again: boolean,
  set: (loaded: ILoaded<T>) => void,
  ask: () => Promise<T>
): Promise<void> {
  if (before.state === 'loading' || (before.state === 'ready' && !again)) {
    return;
  }
  set({ state: 'loading', value: before.value, error: null });
  try {
    set({ state: 'ready', value: await ask(), error: null });
  } catch (error) {
    set({ state: 'failed', value: before.value, error: ApiError.of(error) });
  }
}

import { Signal, type ISignal } from '@lumino/signaling';
import type { LuminaClient, components } from '../api';

export type Persona = components['schemas']['Persona'];

/** Milliseconds for which a look is good: a file can bring another one at any time. */
const GOOD_FOR = 30_000;

/** Whom one can ask: loaded when somebody wants to know, and again now and then. */
export class Personas {
  constructor(private readonly client: LuminaClient) {}

  /** Told when there are others than before. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** All that are known; `changed` tells when there are others. */
  list(): readonly Persona[] {
    void this.load();
    return this.known;
  }

  /** One of them; undefined as long as it is not known. */
  get(name: string): Persona | undefined {
    return this.list().find(persona => persona.name === name);
  }

  /** Who is addressed by a text, and what is said to them; as on the server, a first word that names nobody stays. */
  async addressed(text: string): Promise<{ persona: string; words: string }> {
    const [begin = '', name = ''] = ADDRESS.exec(text) ?? [];
    if (name) {
      await this.load();
    }
    return this.known.some(persona => persona.name === name)
      ? { persona: name, words: text.slice(begin.length) }
      : { persona: '', words: text };
  }

  private load(): Promise<void> {
    if (Date.now() > this.goodUntil) {
      this.goodUntil = Date.now() + GOOD_FOR;
      this.loading = this.ask();
    }
    return this.loading;
  }

  private async ask(): Promise<void> {
    try {
      const { data } = await this.client.routes.GET('/lumina/api/personas');
      const found = data?.personas ?? [];
      if (JSON.stringify(found) !== JSON.stringify(this.known)) {
        this.known = found;
        this._changed.emit();
      }
    } catch {
      // Those that were known are offered; whether the server can be reached is told elsewhere.
    }
  }

  private known: readonly Persona[] = [];
  private goodUntil = 0;
  private loading: Promise<void> = Promise.resolve();
  private readonly _changed = new Signal<this, void>(this);
}

const ADDRESS = /^\s*@([a-z][a-z0-9_-]{0,39})(?=[\s,:])[\s,:]*/;

import type { LuminaClient, components } from '../../api';

export type Variable = components['schemas']['VariableSummary-Output'];
type Policy = NonNullable<components['schemas']['WantedVariables']['policy']>;

/** Which kernel is looked into, and what its notebook's author lets be seen. */
export interface IKernel {
  readonly id: string;
  readonly policy: unknown;
}

/** Milliseconds for which a look is good. */
const GOOD_FOR = 2_000;

interface ILook {
  at: number;
  variables: readonly Variable[];
  waiting: Set<() => void> | null;
}

/** A kernel's variables, looked at when somebody writes about them. */
export class Variables {
  constructor(
    private readonly client: LuminaClient,
    private readonly kernel: () => IKernel
  ) {}

  /** All that is known, in short; `onMore` is called when there is something newer. */
  list(onMore: () => void): readonly Variable[] {
    return this.look(null, onMore);
  }

  /** One variable with its columns. */
  get(name: string, onMore: () => void): Variable | undefined {
    return this.look(name, onMore)[0];
  }

  private look(name: string | null, onMore: () => void): readonly Variable[] {
    const { id, policy: said } = this.kernel();
    if (!id || said === 'off') {
      return [];
    }
    const policy: Policy = said === 'schema-only' ? said : 'values';
    const key = JSON.stringify([id, policy, name]);
    const known = this.looks.get(key) ?? { at: 0, variables: [], waiting: null };
    this.looks.set(key, known);
    if (known.waiting) {
      known.waiting.add(onMore);
    } else if (Date.now() - known.at > GOOD_FOR) {
      void this.ask(known, id, policy, name, onMore);
    }
    return known.variables;
  }

  private async ask(
    look: ILook,
    kernelId: string,
    policy: Policy,
    name: string | null,
    onMore: () => void
  ): Promise<void> {
    look.waiting = new Set([onMore]);
    let variables = look.variables;
    try {
      const { data } = await this.client.routes.POST('/lumina/api/context/variables', {
        body: { kernel_id: kernelId, names: name === null ? null : [name], policy }
      });
      variables = data?.variables ?? [];
    } catch {
      // A kernel that cannot be looked into offers what was seen of it before.
    }
    const changed = JSON.stringify(variables) !== JSON.stringify(look.variables);
    look.at = Date.now();
    look.variables = variables;
    const callbacks = look.waiting;
    look.waiting = null;
    if (changed) {
      callbacks.forEach(callback => callback());
    }
  }

  private readonly looks = new Map<string, ILook>();
}

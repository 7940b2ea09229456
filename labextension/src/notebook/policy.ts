import type { INotebookModel } from '@jupyterlab/notebook';
import type { PartialJSONObject } from '@lumino/coreutils';

const KEY = 'lumina';

/** What a notebook's author lets Lumina see and do there: `metadata.lumina.policy`. */
export interface INotebookPolicy {
  /** What models may see of variables. */
  readonly variables: 'values' | 'schema-only' | 'off';
  readonly ghost_text: boolean;
  /** Whether anything of the notebook may be shown to a model at all. */
  readonly assistant: boolean;
}

/** What holds where a notebook says nothing. */
export const OPEN_POLICY: INotebookPolicy = {
  variables: 'values',
  ghost_text: true,
  assistant: true
};

/** The policy of a notebook; a word for variables that nobody knows means `off`, as the server takes it. */
export function readPolicy(model: INotebookModel): INotebookPolicy {
  const said = object(object(model.getMetadata(KEY))['policy']);
  const variables = said['variables'] ?? 'values';
  return {
    variables: variables === 'values' || variables === 'schema-only' ? variables : 'off',
    ghost_text: isOn(said['ghost_text']),
    assistant: isOn(said['assistant'])
  };
}

/** Whether something is on that is on unless it is switched off: whatever is neither true nor absent means off. */
export function isOn(said: unknown): boolean {
  return (said ?? true) === true;
}

/** Write parts of a notebook's policy; what only says what holds anyway is left out, other metadata stays. */
export function writePolicy(model: INotebookModel, changes: Partial<INotebookPolicy>): void {
  const { policy: _, ...others } = object(model.getMetadata(KEY));
  const wanted = { ...object(object(model.getMetadata(KEY))['policy']), ...changes };
  const kept = Object.entries(wanted).filter(
    ([name, value]) => OPEN_POLICY[name as keyof INotebookPolicy] !== value
  );
  const metadata: PartialJSONObject = kept.length
    ? { ...others, policy: Object.fromEntries(kept) as PartialJSONObject }
    : others;
  if (Object.keys(metadata).length) {
    model.setMetadata(KEY, metadata);
  } else {
    model.deleteMetadata(KEY);
  }
}

function object(value: unknown): PartialJSONObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as PartialJSONObject)
    : {};
}

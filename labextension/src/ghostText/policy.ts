import type { NotebookPanel } from '@jupyterlab/notebook';
import type { PartialJSONObject, ReadonlyPartialJSONObject } from '@lumino/coreutils';

const KEY = 'lumina';

/** What a notebook's author lets Lumina do: `metadata.lumina.policy`. */
export function policyOf(panel: NotebookPanel): ReadonlyPartialJSONObject {
  return object(object(panel.content.model?.getMetadata(KEY))['policy']);
}

/** Whether a policy allows ghost text. */
export function allowsGhostText(policy: ReadonlyPartialJSONObject): boolean {
  return policy['ghost_text'] !== false && policy['assistant'] !== false;
}

/** Allow or forbid ghost text in a notebook; nothing is left in its metadata that only says what holds anyway. */
export function setGhostText(panel: NotebookPanel, allowed: boolean): void {
  const model = panel.content.model;
  if (!model) {
    return;
  }
  const { policy, ...others } = object(model.getMetadata(KEY));
  const { ghost_text: _, ...rest } = object(policy);
  const wanted: PartialJSONObject = allowed ? rest : { ...rest, ghost_text: false };
  const metadata: PartialJSONObject = Object.keys(wanted).length
    ? { ...others, policy: wanted }
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

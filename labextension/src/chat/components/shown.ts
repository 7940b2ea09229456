/**
 * For something that the panel's model does: when it fails, the model's `problem` tells it, and the
 * panel shows that.
 */
export function shown(action: Promise<unknown>): void {
  action.catch(() => undefined);
}

import { CommandRegistry } from '@lumino/commands';

/** What JupyterLab's completer puts on an editor that shows ghost text. */
const ACTIVE = 'jp-mod-inline-completer-active';
/** Ghost text, and not the room that is kept for a moment where some was. */
const GHOST = '.jp-GhostText:not(.jp-GhostText-lineSpacer, .jp-GhostText-letterSpacer)';

/**
 * Makes keys do what they should in an editor with ghost text.
 *
 * The keys of these commands, as the settings have them, go before the editor's own while ghost text is
 * shown: JupyterLab's shortcuts come after an editor's, which has a use of its own for every arrow key.
 * And where none is shown any more, the keys are JupyterLab's and the editor's again: its completer takes
 * the mark off an editor only when something new is suggested, and until then Tab would do nothing.
 */
export function settleKeys(registry: CommandRegistry, commands: readonly string[]): void {
  window.addEventListener(
    'keydown',
    event => {
      const { target } = event;
      const editor = target instanceof Element && target.closest(`.${ACTIVE}`);
      if (!editor) {
        return;
      }
      if (![...editor.querySelectorAll(GHOST)].some(ghost => ghost.textContent)) {
        editor.classList.remove(ACTIVE);
        return;
      }
      const key = CommandRegistry.keystrokeForKeydownEvent(event);
      const binding = registry.keyBindings.find(
        ({ command, keys, selector }) =>
          commands.includes(command) &&
          keys.length === 1 &&
          keys[0] === key &&
          target.closest(selector)
      );
      if (binding && registry.isEnabled(binding.command, binding.args)) {
        event.preventDefault();
        event.stopImmediatePropagation();
        void registry.execute(binding.command, binding.args);
      }
    },
    // Before JupyterLab, which listens on the document.
    true
  );
}

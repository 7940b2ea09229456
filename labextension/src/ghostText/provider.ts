import {
  InlineCompletionTriggerKind,
  type CompletionHandler,
  type IInlineCompletionContext,
  type IInlineCompletionItem,
  type IInlineCompletionList,
  type IInlineCompletionProvider
} from '@jupyterlab/completer';
import type { CodeEditor } from '@jupyterlab/codeeditor';
import { Text } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { Widget } from '@lumino/widgets';
import { ApiError } from '../api';
import { luminaIcon } from '../icon';
import type { Ask } from './ask';
import { Pace } from './pace';
import { cut, type IPlace, type Places } from './place';
import { Running } from './running';
import { restOf, Suggestions, type ISuggestion } from './suggestion';

/** What a person has chosen. */
export interface IGhostTextSettings {
  readonly enabled: boolean;
  /** Milliseconds. */
  readonly delay: number;
  readonly newLines: 'afterOpenings' | 'never';
  readonly languagesOff: readonly string[];
}

/** What may stand behind the cursor where a suggestion is made without being asked for. */
const CLOSED = /^[\s)\]}"'`,;:]*$/;
/** Milliseconds for which the server is left alone after it said that it cannot. */
const REST = 30_000;
/**
 * Milliseconds after which JupyterLab shows no suggestion that comes: a model that is loaded first, or gives way to an
 * answer, may take long, and whoever types on or leaves has stopped it anyway.
 */
const TIMEOUT = 300_000;
const NOTHING: IInlineCompletionList = { items: [] };

/** Suggests code while somebody types: one request at a time for each editor, stopped by the next key. */
export class GhostTextProvider implements IInlineCompletionProvider {
  /**
   * @param ask - Asks the server.
   * @param places - Knows where somebody types.
   * @param trouble - Tells a person who asked for a suggestion why there is none.
   */
  constructor(
    private readonly ask: Ask,
    private readonly places: Places,
    private readonly trouble: (error: ApiError) => void,
    trans: TranslationBundle
  ) {
    this.name = trans.__('Lumina');
  }

  readonly identifier = 'lumina-jupyter:ghost-text';
  readonly name: string;
  readonly icon = luminaIcon;
  /** What JupyterLab's own settings for inline completions begin with. */
  readonly schema = {
    properties: {},
    default: { enabled: true, timeout: TIMEOUT, debouncerDelay: 0, autoFillInMiddle: true }
  };

  settings: IGhostTextSettings = {
    enabled: true,
    delay: 150,
    newLines: 'afterOpenings',
    languagesOff: []
  };

  /** Whether ghost text is wanted at a place. */
  isOn(place: IPlace): boolean {
    const { enabled, languagesOff } = this.settings;
    return (
      enabled &&
      !languagesOff.includes(place.language) &&
      place.policy.ghost_text &&
      place.policy.assistant
    );
  }

  async fetch(
    request: CompletionHandler.IRequest,
    context: IInlineCompletionContext
  ): Promise<IInlineCompletionList> {
    const turn = ++this.turn;
    this.pace.key(performance.now());
    const asked =
      context.triggerKind === InlineCompletionTriggerKind.Invoke && !this.invokedByItself;
    this.invokedByItself = false;
    const place = this.places.of(context.widget);
    if (!place || !this.isOn(place)) {
      this.stop();
      return NOTHING;
    }
    const at = Text.charIndexToJsIndex(request.offset, request.text);
    const prefix = request.text.slice(0, at);
    const suffix = request.text.slice(at);
    const known = this.known(prefix, suffix);
    if (known) {
      const list = await this.shown(known, prefix, suffix);
      const left = turn !== this.turn || (known instanceof Running && known.aborted);
      if (list.items.length || left || this.known(prefix, suffix)) {
        return list;
      }
      // What was typed before the first words came is not what they say: this place is asked for anew.
    }
    this.stop();
    if (!asked) {
      if (performance.now() < this.restsUntil || !CLOSED.test(restOfLine(suffix))) {
        return NOTHING;
      }
      await new Promise(resolve => setTimeout(resolve, this.pace.pause(this.settings.delay)));
      if (turn !== this.turn) {
        return NOTHING;
      }
    }
    return this.made(place, prefix, suffix, asked);
  }

  async *stream(token: string): AsyncGenerator<{ response: IInlineCompletionItem }> {
    const stream = this.streams.get(token);
    this.streams.delete(token);
    if (!stream) {
      return;
    }
    const { running, prefix, suffix, turn } = stream;
    while (!running.complete) {
      await running.next();
      // Another key has brought another item, which says what is left from there.
      if (turn !== this.turn) {
        return;
      }
      const insertText = restOf(running, prefix, suffix);
      if (insertText) {
        yield { response: { insertText, isIncomplete: !running.complete } };
      }
    }
  }

  /** What is left of the suggestion that an editor shows; empty when there is none of ours. */
  rest(widget: Widget): string {
    const place = this.places.of(widget);
    if (!place) {
      return '';
    }
    const [prefix, suffix] = around(place.editor);
    const known = this.known(prefix, suffix);
    return (known && restOf(known, prefix, suffix)) || '';
  }

  /** The next request was made by us and not by a person. */
  byItself(): void {
    this.invokedByItself = true;
  }

  /** Stop the request that is under way. */
  stop(): void {
    this.running?.abort();
    this.running = null;
    this.unwatch();
  }

  /** Forget what was suggested. */
  clear(): void {
    this.stop();
    this.suggestions.clear();
    this.restsUntil = 0;
  }

  private known(prefix: string, suffix: string): ISuggestion | null {
    return this.running?.fits(prefix, suffix)
      ? this.running
      : this.suggestions.find(prefix, suffix);
  }

  private async made(
    place: IPlace,
    prefix: string,
    suffix: string,
    asked: boolean
  ): Promise<IInlineCompletionList> {
    const body = {
      ...cut(prefix, suffix),
      ...place.around(),
      language: place.language,
      policy: { ...place.policy }
    };
    const running = new Running(prefix, suffix, signal => this.ask(body, signal));
    this.running = running;
    this.watch(place.editor, running);
    running.done.then(
      () => this.keep(running),
      error => this.fail(ApiError.of(error), asked)
    );
    return this.shown(running, prefix, suffix);
  }

  /** What JupyterLab shows of a suggestion; waits for its first words. */
  private async shown(
    suggestion: ISuggestion,
    prefix: string,
    suffix: string
  ): Promise<IInlineCompletionList> {
    const { turn } = this;
    if (suggestion instanceof Running) {
      await suggestion.first(prefix, suffix);
      if (turn !== this.turn) {
        return NOTHING;
      }
    }
    const insertText = restOf(suggestion, prefix, suffix);
    if (!insertText) {
      return NOTHING;
    }
    if (!(suggestion instanceof Running) || suggestion.complete) {
      return { items: [{ insertText }] };
    }
    const token = String(++this.tokens);
    this.streams.clear();
    this.streams.set(token, { running: suggestion, prefix, suffix, turn });
    return { items: [{ insertText, isIncomplete: true, token }] };
  }

  private keep(running: Running): void {
    if (this.running === running) {
      this.running = null;
      this.unwatch();
    }
    if (!running.aborted) {
      const { prefix, suffix, text } = running;
      this.suggestions.add({ prefix, suffix, text, complete: true });
    }
  }

  private fail(error: ApiError, asked: boolean): void {
    this.running = null;
    this.unwatch();
    this.restsUntil = performance.now() + REST;
    if (asked) {
      this.trouble(error);
    }
  }

  /** Stop a request as soon as its place is left: not every key that does so asks for a suggestion. */
  private watch(editor: CodeEditor.IEditor, running: Running): void {
    const check = () => {
      if (editor.isDisposed || !running.fits(...around(editor))) {
        if (this.running === running) {
          this.turn++;
          this.stop();
        }
      }
    };
    // A text's change comes before the cursor's, so both are looked at when the editor is done with it.
    let due = false;
    const later = () => {
      if (!due) {
        due = true;
        setTimeout(() => {
          due = false;
          check();
        });
      }
    };
    const blurred = () => {
      if (this.running === running) {
        this.stop();
      }
    };
    const { model, host } = editor;
    model.sharedModel.changed.connect(later);
    model.selections.changed.connect(later);
    host.addEventListener('focusout', blurred);
    this.unwatch = () => {
      model.sharedModel.changed.disconnect(later);
      model.selections.changed.disconnect(later);
      host.removeEventListener('focusout', blurred);
      this.unwatch = () => undefined;
    };
  }

  private readonly pace = new Pace();
  private readonly suggestions = new Suggestions();
  private readonly streams = new Map<string, IStream>();
  private running: Running | null = null;
  private unwatch: () => void = () => undefined;
  private invokedByItself = false;
  private restsUntil = 0;
  private turn = 0;
  private tokens = 0;
}

interface IStream {
  readonly running: Running;
  readonly prefix: string;
  readonly suffix: string;
  readonly turn: number;
}

function restOfLine(suffix: string): string {
  const end = suffix.indexOf('\n');
  return end < 0 ? suffix : suffix.slice(0, end);
}

/** The text before and after an editor's cursor. */
function around(editor: CodeEditor.IEditor): [string, string] {
  const text = editor.model.sharedModel.getSource();
  const at = editor.getOffsetAt(editor.getCursorPosition());
  return [text.slice(0, at), text.slice(at)];
}

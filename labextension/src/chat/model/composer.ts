import { Drafts } from './drafts';
import type { IKeep } from './keep';
import type { IDraft } from './panelModel';
import type { IConversationStore } from './snapshot';
import type { IImage } from './wire';

/** What the next question is to be: its text, and what it edits or follows. */
export class Composer {
  /** @param onChange - Called when something other than the view changed what it shows. */
  constructor(
    keep: IKeep,
    private readonly onChange: () => void
  ) {
    this.drafts = new Drafts(keep);
  }

  get draft(): IDraft {
    return this._draft;
  }

  /** The turn that is edited. */
  get editing(): string | null {
    return this._editing;
  }

  /** The earlier turn that the next question follows. */
  get branching(): string | null {
    return this._branching;
  }

  /** What the next question follows: what was chosen, else the end of what is shown; "" for nothing. */
  parentIn(conversation: IConversationStore): string {
    if (this._editing) {
      return conversation.turn(this._editing)?.parent ?? '';
    }
    const { path } = conversation.getSnapshot();
    return this._branching ?? path[path.length - 1]?.turn.id ?? '';
  }

  /** Go to another conversation's draft (or a notebook's that has none yet). */
  moveTo(place: string): void {
    this.place = place;
    this._editing = this._branching = this.setAside = null;
    const { text, images } = this.drafts.get(place);
    this._draft = { text, images, revision: this._draft.revision + 1 };
    this.onChange();
  }

  /** Go to a conversation that was found while somebody wrote: what they wrote goes along. */
  carryTo(place: string): void {
    const { text, images } = this._draft;
    this.drafts.set(this.place, '', []);
    this.moveTo(place);
    if (text || images.length) {
      this.takeBack(place, text, images);
    }
  }

  /** The place has another name now, and the draft goes with it. */
  rename(place: string): void {
    if (place !== this.place) {
      this.drafts.set(this.place, '', []);
      this.place = place;
      this.drafts.set(place, this._draft.text, this._draft.images);
    }
  }

  /** What the view shows already. */
  typed(text: string, images: readonly IImage[]): void {
    this._draft = { text, images, revision: this._draft.revision };
    this.drafts.set(this.place, text, images);
  }

  /** What the view is to take over. */
  write(text: string, images: readonly IImage[]): void {
    this._draft = { text, images, revision: this._draft.revision + 1 };
    this.drafts.set(this.place, text, images);
    this.onChange();
  }

  /** The question is on its way. */
  empty(): void {
    this._editing = this._branching = this.setAside = null;
    this.write('', []);
  }

  /** Put a question there to be edited; what was there comes back with `cancel`. */
  edit(turn: string, text: string): void {
    this.setAside ??= this._draft;
    this._editing = turn;
    this._branching = null;
    this.write(text, []);
  }

  branch(turn: string): void {
    this.cancel();
    this._branching = turn;
    this.onChange();
  }

  /** Take `edit` or `branch` back. */
  cancel(): void {
    const before = this.setAside;
    this._branching = this._editing = this.setAside = null;
    if (before) {
      this.write(before.text, before.images);
    } else {
      this.onChange();
    }
  }

  /** A question that was not sent comes back, before what was written since. */
  takeBack(place: string, text: string, images: readonly IImage[]): void {
    const now = place === this.place ? this._draft : this.drafts.get(place);
    const whole = [text, now.text].filter(Boolean).join('\n\n');
    const all = [...images, ...now.images];
    if (place === this.place) {
      this.write(whole, all);
    } else {
      this.drafts.set(place, whole, all);
    }
  }

  dispose(): void {
    this.drafts.dispose();
  }

  private readonly drafts: Drafts;
  private place = '';
  private _draft: IDraft = { text: '', images: [], revision: 0 };
  private _editing: string | null = null;
  private _branching: string | null = null;
  /** What was there before a question was put there to be edited. */
  private setAside: IDraft | null = null;
}

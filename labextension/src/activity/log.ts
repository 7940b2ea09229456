import { after } from './fold';
import { EMPTY, type IRunPicture } from './picture';
import type { ILogged } from './wire';

/** The events of a run that are here, and what they come to, in whatever order and however often they came. */
export class Log {
  picture: IRunPicture = EMPTY;

  /** Take events; whether anything is new. */
  take(told: readonly ILogged[]): boolean {
    const news = told.filter(({ sequence }) => !this.known.has(sequence));
    for (const each of news) {
      this.known.set(each.sequence, each);
    }
    const fresh = [...new Set(news)].sort((a, b) => a.sequence - b.sequence);
    if (!fresh.length) {
      return false;
    }
    const late = fresh[0]!.sequence < this.picture.sequence;
    if (late) {
      const all = [...this.known.values()].sort((a, b) => a.sequence - b.sequence);
      this.picture = all.reduce(after, EMPTY);
    } else {
      this.picture = fresh.reduce(after, this.picture);
    }
    return true;
  }

  /** The number up to which every event is here: what follows it is to be asked for. */
  get sequence(): number {
    while (this.known.has(this.whole + 1)) {
      this.whole += 1;
    }
    return this.whole;
  }

  private whole = 0;
  private readonly known = new Map<number, ILogged>();
}

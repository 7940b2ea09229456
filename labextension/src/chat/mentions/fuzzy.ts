/** How well something fits to what was typed. */
export interface IMatch {
  /** Higher is better. */
  readonly score: number;
  /** The places of the typed letters: start, end. */
  readonly matches: readonly (readonly [number, number])[];
}

const BEGINNING = 100;
const WORD = 30;
const NEIGHBOUR = 40;
const EXACT_CASE = 1;

/**
 * Whether the typed letters are in a text in their order, and how well they stand there.
 *
 * Best is the text's beginning, then one whole piece, then the beginnings of its words. Nothing typed fits all.
 */
export function fuzzy(typed: string, text: string): IMatch | null {
  if (!typed) {
    return { score: 0, matches: [] };
  }
  const lower = text.toLowerCase();
  const wanted = typed.toLowerCase();
  const whole = wholeMatch(wanted, lower);
  const places = whole ?? scattered(wanted, lower, text);
  if (!places || places.length !== wanted.length) {
    return null;
  }
  let score = -text.length / 100 - places[0]! / 10;
  places.forEach((place, index) => {
    score += text[place] === typed[index] ? EXACT_CASE : 0;
    score += index && place === places[index - 1]! + 1 ? NEIGHBOUR : 0;
    score += beginsWord(text, place) ? WORD : 0;
  });
  return { score: score + (places[0] === 0 ? BEGINNING : 0), matches: ranges(places) };
}

/** The letters in one piece: where a word begins if they do somewhere, else anywhere. */
function wholeMatch(wanted: string, lower: string): number[] | null {
  let best = -1;
  for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, at + 1)) {
    if (best < 0 || beginsWord(lower, at)) {
      best = at;
      if (beginsWord(lower, at)) {
        break;
      }
    }
  }
  return best < 0 ? null : Array.from(wanted, (_, index) => best + index).slice(0, wanted.length);
}

/** The letters one by one, each where a word begins if it can be. */
function scattered(wanted: string, lower: string, text: string): number[] | null {
  const places: number[] = [];
  let from = 0;
  for (const letter of wanted) {
    let place = lower.indexOf(letter, from);
    if (place < 0) {
      return null;
    }
    for (let next = place; next >= 0; next = lower.indexOf(letter, next + 1)) {
      if (next === from || beginsWord(text, next)) {
        // Taken only if what is left still fits behind it.
        if (isIn(wanted.slice(places.length + 1), lower, next + 1)) {
          place = next;
        }
        break;
      }
    }
    places.push(place);
    from = place + 1;
  }
  return places;
}

function isIn(letters: string, lower: string, from: number): boolean {
  let at = from;
  for (const letter of letters) {
    at = lower.indexOf(letter, at) + 1;
    if (!at) {
      return false;
    }
  }
  return true;
}

function beginsWord(text: string, place: number): boolean {
  return place === 0 || /[^A-Za-z0-9]/.test(text[place - 1]!);
}

function ranges(places: readonly number[]): [number, number][] {
  const result: [number, number][] = [];
  for (const place of places) {
    const last = result[result.length - 1];
    if (last && last[1] === place) {
      last[1] = place + 1;
    } else {
      result.push([place, place + 1]);
    }
  }
  return result;
}

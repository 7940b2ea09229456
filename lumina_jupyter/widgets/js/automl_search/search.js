/** What is known of the search: the kernel's board, and the rows that came after it. */
export class Search {
  constructor(board) {
    this.take(board);
  }

  take(board) {
    this.board = { rows: [], curve: [], decisions: [], warnings: [], ...board };
    this.rows = new Map(this.board.rows.map((row) => [row.number, row]));
  }

  change({ rows = [], ...rest }) {
    Object.assign(this.board, rest);
    for (const row of rows) this.rows.set(row.number, row);
  }

  get ranking() {
    const places = { done: 0, running: 1, pruned: 2, failed: 3 };
    const sign = this.board.greater_is_better ? -1 : 1;
    return [...this.rows.values()].sort(
      (a, b) =>
        places[a.state] - places[b.state] ||
        (a.score === null) - (b.score === null) ||
        b.rows - a.rows ||
        sign * ((a.score ?? 0) - (b.score ?? 0)) ||
        a.number - b.number,
    );
  }

  get best() {
    return this.ranking.find((row) => row.state === "done" && row.score !== null) ?? null;
  }

  get scored() {
    return [...this.rows.values()].filter((row) => row.score !== null && row.state === "done");
  }
}

/** The server answered with an error, or could not be reached at all. */
export class ApiError extends Error {
  /**
   * @param message - What happened, one sentence.
   * @param hint - What to do next; may be empty.
   * @param status - The HTTP status; 0 when there was no answer.
   * @param code - What kind of error it is, by the name that Lumina gives it; empty when somebody else answered.
   * @param retryAfter - Seconds after which it may go better; null when nobody says.
   */
  constructor(
    message: string,
    readonly hint: string,
    readonly status: number,
    readonly code: string = '',
    readonly retryAfter: number | null = null
  ) {
    super(message);
    this.name = 'ApiError';
  }

  /** Whether the request may not have arrived: nobody answered, or only a proxy in front of a server that is away. */
  get unreached(): boolean {
    return this.status === 0 || (!this.code && [502, 503, 504].includes(this.status));
  }

  /** Anything that was thrown, as an ApiError. */
  static of(error: unknown): ApiError {
    if (error instanceof ApiError) {
      return error;
    }
    return new ApiError(error instanceof Error ? error.message : String(error), '', 0);
  }

  /** The error that a response carries: ours (`error.message`, `error.hint`) or Jupyter's (`message`). */
  static async from(response: Response): Promise<ApiError> {
    let body: unknown = null;
    try {
      body = await response.json();
    } catch {
      // Not JSON: a proxy's page, say. The status line is what can be told.
    }
    const ours = record(record(body)?.['error']);
    const error = ours ?? record(body) ?? {};
    const message = text(error['message']) || `${response.status} ${response.statusText}`.trim();
    const wait = error['retry_after'];
    return new ApiError(
      message,
      text(error['hint']),
      response.status,
      ours ? text(ours['code']) : '',
      typeof wait === 'number' ? wait : null
    );
  }
}

function record(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

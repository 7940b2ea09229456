/** What `GET /lumina/api/health` answers. */
export interface IHealth {
  /** "ok", or "no_model" while nothing can answer. */
  status: string;
  /** Version of the Python package. */
  version: string;
  /** Whether a prompt would be answered now. */
  ready: boolean;
  /** `provider/name` of the model that answers when none is named; empty when there is none. */
  default_model: string;
  /** What to do next, when there is something to do. */
  hint: string;
  /** Folder of the database, the models and the keys. */
  data_dir: string;
  uptime_seconds: number;
}

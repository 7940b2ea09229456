/** Where a cell action stands. */
export type State =
  | { readonly kind: 'asking'; readonly instruction: string }
  | { readonly kind: 'running'; readonly model: string; readonly text: string }
  | {
      readonly kind: 'review';
      /** What the model says beside the code. */
      readonly remark: string;
      /** Changes that are neither accepted nor refused. */
      readonly left: number;
      readonly accepted: number;
      /** What a person should know: the cell was changed meanwhile. */
      readonly notice: string;
      /** Whether nothing can be accepted any more, because the cell is another one now. */
      readonly stale: boolean;
    }
  | { readonly kind: 'answer'; readonly done: boolean }
  | {
      readonly kind: 'message';
      readonly tone: 'plain' | 'error';
      readonly message: string;
      readonly hint: string;
    }
  | { readonly kind: 'closed' };

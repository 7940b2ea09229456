export { ChatCompleter, type IChatCompleterOptions } from './completer';
export type { IChatCompleter, ICompletion, ICompletionItem } from './completion';

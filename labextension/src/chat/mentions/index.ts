export { Cells } from './cells';
export { ChatCompleter, type ICompletionSources } from './completer';
export type { IChatCompleter, ICompletion, ICompletionItem } from './completion';
export { Files } from './files';
export { Variables, type IKernel } from './variables';

export type * from './wire';
export type * from './turn';
export type { IText } from './text';
export type * from './snapshot';
export type * from './panelModel';
export { MarkdownBlocks, type IMarkdownBlock, type IMarkdownBlocks } from './blocks';
export { CurrentDocument, type ICurrentDocument } from './documents';
export { PanelModel } from './panel';
export type { IPanelOptions } from './panelOptions';

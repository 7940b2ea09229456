export { LuminaClient, type IRequest } from './client';
export type { Routes } from './connection';
export { ApiError } from './errors';
export type { components } from './schema';
export { EventParser, serverEvents, type IServerEvent } from './sse';
export type { IHealth } from './types';

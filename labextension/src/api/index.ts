export { LuminaClient, type IRequest } from './client';
export type { Routes } from './connection';
export { ApiError } from './errors';
export type { components } from './schema';
export type { IHealth } from './types';

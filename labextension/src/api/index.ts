export { ApiError, LuminaClient } from './client';
export type { IHealth } from './types';

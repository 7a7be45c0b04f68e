import { PEOPLE_ROUTES } from './people-routes.js';
import type { ControlRoute } from './route.js';
import { SEEN_ROUTES } from './seen-routes.js';
import { STAGE_ROUTES } from './stage-routes.js';

/** The control API, in one table: what answers, what is listed, and what the documentation is held against. */
export const CONTROL_ROUTES: readonly ControlRoute[] = [...PEOPLE_ROUTES, ...STAGE_ROUTES, ...SEEN_ROUTES];

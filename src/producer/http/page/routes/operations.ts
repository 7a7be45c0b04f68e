import type { DeliveryView } from '../../../../redis/delivery-view.js';
import type { DutyDesk } from '../../../duty.js';
import type { Explainer } from '../../../explain.js';
import type { ListFilter, Page } from '../../../list.js';
import type { Said } from '../../../operate.js';
import type { Narrow } from '../../../producer.js';
import type { ResendOptions, Resent } from '../../../resend.js';
import type { Resolved } from '../../../resolve.js';
import type { QuarantineRoutes } from '../../routes/quarantine.js';
import type { Accounts } from '../../scope.js';

/** What the pages call. */
export type PageOperations = Pick<QuarantineRoutes, 'quarantine' | 'replayed'> & {
  readonly accounts: Accounts;
  readonly desk: DutyDesk;
  readonly explainer: Explainer;
  readonly list: (filter: ListFilter) => Promise<Page>;
  readonly get: (id: string, narrow: Narrow) => Promise<DeliveryView>;
  readonly cancel: (id: string, narrow: Narrow) => Promise<void>;
  readonly resend: (id: string, options: ResendOptions, narrow: Narrow) => Promise<Resent>;
  readonly resolve: (id: string, said: Said, narrow: Narrow) => Promise<Resolved>;
  readonly pause: (from: string, said: { readonly reason: string; readonly who: string }) => Promise<void>;
  readonly resume: (from: string) => Promise<void>;
};

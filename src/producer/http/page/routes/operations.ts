import type { Signature } from '../../../../domain/operation.js';
import type { DeliveryView } from '../../../../redis/delivery-view.js';
import type { DeliveryRow } from '../../../../redis/lists.js';
import type { DutyDesk } from '../../../duty.js';
import type { Explainer } from '../../../explain.js';
import type { ListFilter, Page } from '../../../list.js';
import type { Asking, Said } from '../../../operate.js';
import type { Narrow } from '../../../producer.js';
import type { ResendOptions, Resent } from '../../../resend.js';
import type { Resolved } from '../../../resolve.js';
import type { EndpointRoutes } from '../../routes/endpoints.js';
import type { QuarantineRoutes } from '../../routes/quarantine.js';
import type { Accounts } from '../../scope.js';

/** What the pages call. */
export type PageOperations = Pick<QuarantineRoutes, 'quarantine' | 'replayed'> &
  Omit<EndpointRoutes, 'accounts'> & {
    readonly accounts: Accounts;
    readonly desk: DutyDesk;
    readonly explainer: Explainer;
    readonly list: (filter: ListFilter) => Promise<Page<DeliveryRow>>;
    readonly get: (id: string, narrow: Narrow) => Promise<DeliveryView>;
    readonly cancel: (id: string, asking: Asking) => Promise<unknown>;
    readonly resend: (id: string, options: ResendOptions, asking: Asking) => Promise<Resent>;
    readonly resolve: (id: string, said: Said, narrow: Narrow) => Promise<Resolved>;
    readonly pause: (from: string, said: Signature) => Promise<void>;
    readonly resume: (from: string, said: Signature) => Promise<void>;
  };

import type { Claim, Refusal } from '../domain/claim.js';
import type { OperationDone } from '../domain/operation.js';
import type { OutcomeKind } from '../domain/outcome.js';
import type { PreflightResult } from '../domain/preflight.js';
import type { HoldReason, Status } from '../domain/status.js';

/** What a claim came to, in one word: a refusal is named by its reason. */
export type Verdict = Exclude<Claim['kind'], 'refused'> | Refusal['why'];

/** Which delivery of which account (by name); the recipient is given whole and masked before it is told. */
export type Subject = { readonly account: string; readonly deliveryId: string; readonly recipient: string };

export type AttemptEnded = Subject & {
  readonly attemptId: string;
  /** Counted from 1. */
  readonly attempt: number;
  readonly send: 'file' | 'template';
  readonly outcome: OutcomeKind;
  /** As in `Outcome`: the FAIL reason, `http_503`, or the transport's word. */
  readonly reason: string;
  readonly detail: string | null;
  readonly durationMs: number;
  /** From when it might first have gone to when it was claimed. */
  readonly queueDelayMs: number;
  /** On acceptance: from due to accepted, without schedule and holds; else null. */
  readonly dueToAcceptMs: number | null;
  /** What was done about it: `accept`, `retry`, `hold_account`, … */
  readonly decision: string;
  readonly nextAttemptAt: number | null;
  /** Of the session that its message opened; null where one was open, or nothing was accepted. */
  readonly sessionClosesAt: number | null;
  readonly unique: string | null;
};

export type DeliveryMoved = Subject & {
  readonly from: Status | null;
  readonly to: Status;
  readonly reason: string | null;
  /** Set when this is the first news of its arrival: how long after acceptance. */
  readonly acceptToDeliveredMs?: number;
};

export type ClaimDecided = Subject & {
  readonly verdict: Verdict;
  readonly decision: string;
  readonly until: number | null;
};

export type PreflightEnded = Subject & {
  readonly result: PreflightResult;
  readonly reason: string;
  readonly detail: string;
  /** Of the link; the rest of it may be a secret. */
  readonly host: string;
  /** At this link so far. */
  readonly looks: number;
  readonly durationMs: number;
};

export type WindowCorrected = Subject & { readonly reason: string; readonly expectedClosesAt: number | null };

export type SessionOpened = Subject & { readonly closesAt: number };

/** Something that ought not to be, kept in the record and told here. */
export type DeliveryFlagged = Subject & {
  readonly flag:
    | 'unique_missing'
    | 'receipts_conflict'
    | 'stale_attempt'
    | 'invalid'
    | 'conflict'
    | 'redundant_accept'
    | 'locked';
  readonly detail: string | null;
};

export type WebhookKind = 'inbound' | 'receipt' | 'other';
export type WebhookResult = 'applied' | 'duplicate' | 'early' | 'ignored';
export type WebhookRefusal = 'token' | 'address' | 'too_large' | 'not_json' | 'invalid' | 'unavailable';

export type WebhookApplied = {
  /** Null when the callback is about no account of ours. */
  readonly account: string | null;
  readonly kind: WebhookKind;
  /** `early`: its message is not known yet, kept until a send settles. */
  readonly result: WebhookResult;
  /** A bounded word for what it was: `delivered`, `system_update`, … */
  readonly what: string;
  readonly deliveryId: string | null;
  readonly recipient: string | null;
  /** The status that it took the delivery from and to; null where it changed none. */
  readonly from: Status | null;
  readonly to: Status | null;
  /** Why a message failed, as the provider's code. */
  readonly reason: string | null;
  readonly receivedAt: number;
};

/** What became of bodies that wait on disk. `failed`: Redis answers, and will not have it; `damaged`: by the disk. */
export type SpoolResult = 'spooled' | 'replayed' | 'failed' | 'damaged';

export type WebhookRefused = { readonly refusal: WebhookRefusal; readonly detail: string | null };

export type GateState = 'open' | 'throttled' | 'breaker' | 'paused';
export type GateChanged = {
  readonly account: string;
  readonly state: GateState;
  readonly reason: string;
  readonly until: number | null;
  /** `worker`, or the operator's name. */
  readonly by: string;
};

export type BudgetExhausted = {
  readonly account: string;
  readonly period: 'day' | 'month';
  readonly renewsAt: number;
};

export type Swept = {
  readonly account: string;
  readonly wakesReplayed: number;
  readonly jobsAdded: number;
  readonly staleAttempts: number;
};

/** One account's state in Redis, measured by the lease holder. */
export type BacklogMeasured = {
  readonly account: string;
  readonly gate: { readonly state: GateState; readonly reason: string };
  readonly due: number;
  readonly oldestDueAgeMs: number;
  readonly unknown: number;
  readonly oldestUnknownAgeMs: number;
  readonly held: Readonly<Record<HoldReason, number>>;
  /** By BullMQ's state: waiting, active, delayed, … */
  readonly jobs: Readonly<Record<string, number>>;
  /** Null: no limit is set. */
  readonly budget: Readonly<
    Record<'day' | 'month', { readonly limit: number; readonly remaining: number } | null>
  >;
};

/** The accounts that this process serves are others from now on; by name. */
export type AccountsChanged = {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
};

/** Redis's memory, measured by the lease holder. */
export type MemoryMeasured = { readonly usedBytes: number; readonly limitBytes: number };

/** What the provider says of an account's webhook, held against what is needed. */
export type WebhookChecked = {
  readonly account: string;
  /** `unanswered`: nothing was learnt, so that what was known stays. */
  readonly state: 'right' | 'wrong' | 'unanswered';
  /** What is wrong, in a word each. */
  readonly faults: readonly string[];
};

export type HttpAnswered = {
  /** The route's pattern, never the path that was asked for. */
  readonly route: string;
  readonly method: string;
  readonly code: number;
  readonly durationMs: number;
};

/** What the deliverer, sweeper and resolver tell. */
export type DeliveryObserver = {
  attemptEnded(event: AttemptEnded): void;
  deliveryMoved(event: DeliveryMoved): void;
  claimGranted(event: ClaimDecided): void;
  claimRefused(event: ClaimDecided): void;
  deliveryFlagged(event: DeliveryFlagged): void;
  preflightEnded(event: PreflightEnded): void;
  windowCorrected(event: WindowCorrected): void;
  sessionOpened(event: SessionOpened): void;
};

/** What is told of an account as a whole. */
export type AccountObserver = {
  gateChanged(event: GateChanged): void;
  budgetExhausted(event: BudgetExhausted): void;
  swept(event: Swept): void;
  backlogMeasured(event: BacklogMeasured): void;
  orphanReceiptsMeasured(count: number): void;
  memoryMeasured(event: MemoryMeasured): void;
  webhookChecked(event: WebhookChecked): void;
  accountsChanged(event: AccountsChanged): void;
};

export type WebhookObserver = {
  webhookApplied(event: WebhookApplied): void;
  webhookRefused(event: WebhookRefused): void;
  webhookAnswered(event: { readonly code: number; readonly durationMs: number }): void;
  /** Something is kept for a person to read; `name` says in a bounded word why it could not be applied. */
  webhookQuarantined(event: { readonly name: string }): void;
  bodiesSpooled(event: { readonly result: SpoolResult; readonly bodies: number }): void;
  spoolMeasured(event: { readonly bytes: number; readonly limitBytes: number }): void;
};

/** `failed`: tried again; `dead`: it will not be, and lies with the dead letters. */
export type PushOutcome = 'taken' | 'failed' | 'dead';

export type EventPushed = {
  /** The endpoint's name. */
  readonly endpoint: string;
  readonly result: PushOutcome;
  readonly id: string;
  /** Counted from 1. */
  readonly tries: number;
  readonly reason: string | null;
};

export type PushObserver = {
  eventPushed(event: EventPushed): void;
  /** Events were dropped before the endpoint was told of them. */
  eventsMissed(event: { readonly endpoint: string }): void;
  /** `rest` null: it serves again. */
  endpointRests(event: {
    readonly endpoint: string;
    readonly rest: { readonly reason: string; readonly restMs: number } | null;
  }): void;
};

/** What is told of the process itself. */
export type ProcessObserver = {
  leaseTaken(role: string): void;
  /** Drops the gauges that only the lease holder may publish. */
  leaseLost(role: string): void;
  redisReconnected(event: { readonly connection: string; readonly reason: string }): void;
  redisCommandEnded(event: { readonly command: string; readonly durationMs: number }): void;
  httpAnswered(event: HttpAnswered): void;
  /** The worker is alive and fetching; `at` in epoch milliseconds. */
  progressed(at: number): void;
  operationDone(event: OperationDone): void;
  settingUnusable(event: { readonly setting: string; readonly problem: string }): void;
  settingMended(setting: string): void;
};

/** One function per business event: each writes counter, histogram and log line together. */
export type Observer = DeliveryObserver & AccountObserver & WebhookObserver & PushObserver & ProcessObserver;

/** A paid session; `openedAt` in epoch milliseconds. */
type Opened = { readonly openedAt: number; readonly to: string; readonly messages: number };

type Month = {
  /** What our deliveries opened. */
  readonly rows: readonly (Opened & { readonly openedBy: string })[];
  /** What may have been opened by another sender from the same number. */
  readonly others: readonly Opened[];
};

/** A session as it is listed; `openedBy` is empty where no delivery of ours did it. */
export type LedgerLine = Opened & { readonly openedBy: string; readonly sender: 'waybill' | 'other' };

/** Ours first; `sender` tells them from those that may be another's. */
export function ledgerLines({ rows, others }: Month): readonly LedgerLine[] {
  return [
    ...rows.map((row): LedgerLine => lineOf(row, 'waybill')),
    ...others.map((row): LedgerLine => lineOf({ ...row, openedBy: '' }, 'other')),
  ];
}

function lineOf(
  { openedAt, to, openedBy, messages }: Month['rows'][number],
  sender: LedgerLine['sender'],
): LedgerLine {
  return { openedAt, to, openedBy, messages, sender };
}

/** With a head. No field holds a comma or a quote: times, numbers, ids, counts, words. */
export function ledgerCsv(lines: readonly LedgerLine[]): readonly string[] {
  return [
    'openedAt,to,openedBy,messages,sender',
    ...lines.map((line) => Object.values(spelled(line)).join(',')),
  ];
}

/** The same with its time in words. */
export function spelled(line: LedgerLine) {
  return { ...line, openedAt: new Date(line.openedAt).toISOString() };
}

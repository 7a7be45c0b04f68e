const MAX_RAW_BYTES = 64 * 1024;

/** What could not be applied: a bounded word for why, and the text as it came. */
export type Unread = { readonly name: string; readonly raw: string };

export type QuarantineDeps = {
  readonly store: { keepUnread(name: string, raw: string): Promise<'kept' | 'duplicate'> };
  readonly observer: { quarantined(name: string): void };
};

/** Keeps up to 64 KiB of what could not be applied, where a person will look; told once, however often it comes. */
export async function quarantine(
  { name, raw }: Unread,
  { store, observer }: QuarantineDeps,
): Promise<'kept' | 'duplicate'> {
  const kept = await store.keepUnread(name, firstBytes(raw));
  if (kept === 'kept') observer.quarantined(name);
  return kept;
}

/** Cut at a character's edge. */
function firstBytes(text: string): string {
  const bytes = Buffer.from(text);
  if (bytes.length <= MAX_RAW_BYTES) return text;
  return bytes
    .subarray(0, MAX_RAW_BYTES)
    .toString()
    .replace(/\uFFFD+$/, '');
}

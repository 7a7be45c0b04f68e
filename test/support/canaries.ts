/** What must never come out of a process, in a form that cannot be there by chance. */
export const CANARIES = {
  /** With two more digits, a client's number. */
  client: '9725876543',
  hiddenClient: 'IL.2716967998472324',
  account: '972773216549',
  badAccount: '972773216550',
  apiKey: 'canary-key-8Wq2',
  wrongApiKey: 'canary-wrong-5Tz7',
  webhookToken: 'canary-token-4Hs9-0001',
  guessedToken: 'canary-guess-6Jd3-0002',
  redisPassword: 'canary-redis-3Fv8',
  linkQuery: 'canarysignature7Yb4',
  eventHeader: 'canary-gateway-2Bm6',
  caption: 'canary caption of a file',
  /** 32 bytes in base 64. */
  dataKey: 'Y2FuYXJ5LWRhdGEta2V5LTlLeDItMDEyMzQ1Njc4OWE=',
} as const;

export type Text = { readonly where: string; readonly text: string };
export type Canary = keyof typeof CANARIES;
export type Leak = { readonly canary: string; readonly where: string; readonly around: string };

/** Every place where a canary shows, however its digits are set apart or its characters encoded. */
export function findLeaks(texts: readonly Text[]): readonly Leak[] {
  return texts.flatMap(({ where, text }) =>
    Object.entries(CANARIES).flatMap(([canary, value]) => {
      const at = formsOf(value).map((form) => text.search(form));
      const found = at.find((index) => index >= 0);
      return found === undefined
        ? []
        : [{ canary, where, around: text.slice(Math.max(0, found - 300), found + 100) }];
    }),
  );
}

/** A number however it is written; anything else as it is, in a URL, and in base 64. */
function formsOf(value: string): readonly RegExp[] {
  if (/^(IL\.)?\d+$/.test(value)) return [new RegExp([...value.replace(/\D/g, '')].join('[\\s().-]*'))];
  const forms = [value, encodeURIComponent(value), Buffer.from(value).toString('base64').replace(/=+$/, '')];
  return forms.map((form) => new RegExp(form.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));
}

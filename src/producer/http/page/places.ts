/** Where each page is. Accounts go by their names, so that lists of links hold no numbers. */
export const places = {
  home: '/',
  list: '/deliveries',
  search: '/search',
  callbacks: '/callbacks',
  callback: (id: string) => `/callbacks/${encodeURIComponent(id)}`,
  endpoints: '/endpoints',
  testEndpoint: (name: string) => `/endpoints/${encodeURIComponent(name)}/test`,
  account: (name: string) => `/accounts/${encodeURIComponent(name)}`,
  delivery: (name: string, id: string) => `/deliveries/${encodeURIComponent(name)}/${encodeURIComponent(id)}`,
  act: (name: string, id: string, action: string) => `${places.delivery(name, id)}/${action}`,
  conversation: (name: string, to: string) =>
    `/conversations/${encodeURIComponent(name)}/${encodeURIComponent(to)}`,
  board: (from: string) => `/board/queue/${encodeURIComponent(`{${from}}`)}`,
} as const;

/** A path with a query, of which what is absent or empty is left out. */
export function withQuery(
  path: string,
  query: Readonly<Record<string, string | number | null | undefined>>,
): string {
  const pairs = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === null || value === undefined || value === '' ? [] : [[name, String(value)]],
  );
  return pairs.length === 0 ? path : `${path}?${new URLSearchParams(pairs)}`;
}

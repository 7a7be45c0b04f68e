/** Whether a URL's host, as `URL` has it, is this machine or lies in a private network. Names are not looked up. */
export function isPrivateHost(host: string): boolean {
  const address = host.replace(/^\[(.*)\]$/, '$1');
  if (/^\d+(\.\d+){3}$/.test(address)) return /^(127|10|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(address);
  if (address.includes(':')) return /^(::1$|f[cd]|fe[89ab])/i.test(address);
  return !host.includes('.') || /\.(local|internal|localhost|svc|test)$/.test(host);
}

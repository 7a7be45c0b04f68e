import { createHash, createHmac, randomBytes, randomInt } from 'node:crypto';

/** Signs the path to a file anew each time; `file` is what the server calls it, `name` what the client sees. */
export type SignPath = (file: number, name: string) => string;

const HOST = 'https://files.example.com';
const base64 = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64');
const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const soon = () => new Date(Date.now() + randomInt(1, 1e9)).toISOString();
const epoch = () => Math.floor(Date.now() / 1000) + randomInt(1, 100_000);
const mac = (text: string, algorithm = 'sha1') => createHmac(algorithm, 'secret').update(text).digest('hex');
const rails = (data: object) => {
  const payload = base64({ _rails: { ...data, exp: soon() } });
  return `${payload}--${mac(payload)}`;
};

/** What a new signature changes also says which file it is: two of them are never taken for one. */
export const SIGNED_PAYLOADS: Readonly<Record<string, SignPath>> = {
  'Rails 7.1 and later, a blob with expires_in': (file, name) =>
    `${HOST}/rails/active_storage/blobs/redirect/${rails({ data: file, pur: 'blob_id' })}/${name}`,
  'Rails before 7.1, percent-encoded, SHA-256': (file, name) => {
    const payload = base64({ _rails: { message: base64({ file }), exp: soon(), pur: 'blob_id' } });
    return `${HOST}/rails/active_storage/blobs/proxy/${encodeURIComponent(payload)}--${mac(payload, 'sha256')}/${name}`;
  },
  'Rails, a blob on disk': (file, name) =>
    `${HOST}/rails/active_storage/disk/${rails({ data: { key: `key-${file}`, disposition: 'inline' }, pur: 'blob_key' })}/${name}`,
  'a JWT': (file, name) => {
    const claims = base64url({ sub: `file/${file}`, iat: epoch(), exp: epoch(), jti: randomBytes(8) });
    return `${HOST}/d/${base64url({ alg: 'HS256' })}.${claims}.${randomBytes(32).toString('base64url')}/${name}`;
  },
  'Django: value:time:signature': (file, name) =>
    `${HOST}/d/${base64url({ file })}:1m${randomInt(1000, 9999)}:${randomBytes(32).toString('base64url')}/${name}`,
  'itsdangerous: payload.time.signature': (file, name) =>
    `${HOST}/d/${base64url({ file })}.${randomBytes(4).toString('base64url')}.${randomBytes(20).toString('base64url')}/${name}`,
  'Bunny: fields in front of the path': (file, name) =>
    `${HOST}/bcdn_token=HS256-${randomBytes(32).toString('base64url')}&expires=${epoch()}/${file}/${name}`,
  'Akamai: exp, acl and hmac': (file, name) =>
    `${HOST}/exp=${epoch()}~acl=*~hmac=${randomBytes(32).toString('hex')}/${file}/${name}`,
  'Alibaba and Tencent: md5 and time in hex': (file, name) =>
    `${HOST}/${randomBytes(16).toString('hex')}/${epoch().toString(16)}/${file}/${name}`,
  'Alibaba: time and md5': (file, name) =>
    `${HOST}/20261122${randomInt(1000, 2359)}/${randomBytes(16).toString('hex')}/${file}/${name}`,
  'CDN77: token,time': (file, name) =>
    `${HOST}/${createHash('md5').update(randomBytes(8)).digest('base64url')}==,${epoch()}/${file}/${name}`,
};

/** A random text for the file's name alone: nothing in the path tells two files from one. */
export const OPAQUE_TOKENS: Readonly<Record<string, SignPath>> = {
  '32 random bytes as base64url': (_file, name) =>
    `${HOST}/blobs/redirect/${randomBytes(32).toString('base64url')}/${name}`,
  '20 random bytes as hex': (_file, name) => `${HOST}/s/${randomBytes(20).toString('hex')}/${name}`,
  Fernet: (_file, name) => `${HOST}/f/gAAAAA${randomBytes(90).toString('base64url')}==/${name}`,
};
